# Conventional quantification: LCModel and our own linear-combination fit.
