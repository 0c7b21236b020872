"""The sim-to-real gap: measured spectra against simulation at the same concentrations."""
