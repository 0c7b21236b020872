"""Linear-combination modelling: our own joint fit, its Cramer-Rao bounds, and the bridge to the LCModel program."""
