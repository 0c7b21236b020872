"""The checked config as typed sections, each read in one way: what the rules ask of it, free of JAX, paths and Snakemake."""
