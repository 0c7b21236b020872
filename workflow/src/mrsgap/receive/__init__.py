"""From the signals of a receiver to one FID: coils, water reference, residual water, transients."""
