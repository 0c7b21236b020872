"""Pictures and tables: one file per kind, data in, Axes or text out."""
