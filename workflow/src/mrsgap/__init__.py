"""mrsgap: simulate, train, fit and compare quantification of edited magnetic resonance spectra."""
