"""Bridge to the LCModel program (S. Provencher, version 6.3): its files, its outputs, and a verdict on every run."""
