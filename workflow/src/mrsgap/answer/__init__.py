"""The answer for a user's own spectra: concentration ratios, calibrated intervals, and what lies outside training."""
