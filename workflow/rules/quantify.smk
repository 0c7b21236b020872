# Networks applied to simulated and measured spectra.
