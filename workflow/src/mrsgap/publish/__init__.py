"""What a reader gets: the tables of the study, the verdict on every published number, and the report."""
