"""Simulated spectra and the one preprocessing that simulated and measured spectra share."""
