# Concentrations, simulated spectra and folds.
