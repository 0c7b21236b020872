"""Model selection: enumerated spaces of named options, Gaussian-process search, ranking and replay."""
