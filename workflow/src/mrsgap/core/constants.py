"""Physical constants, each with its unit and source."""

# Proton gyromagnetic ratio over 2 pi (CODATA 2018). The only one in the package: the Larmor frequency of a data set is
# data, so this number enters only where a pulse amplitude or a gradient is expressed in tesla.
GYROMAGNETIC_RATIO_HZ_PER_T = 42.577478518e6

# The reference simulation of arXiv 2602.20289 uses 42.576 MHz/T for chemical shifts in free precession and 42.577 MHz/T
# everywhere else; this is that ratio, applied only when `reference_shift_scale` is asked for.
REFERENCE_SHIFT_SCALE = 42.576 / 42.577

# Chemical shift at 0 Hz by convention, on water at body temperature: LCModel's PPMCEN, and what NIfTI-MRS assumes.
CONVENTIONAL_CARRIER_PPM = 4.65

# How far the field of data may be from that of a basis or of training spectra, relative. Couplings in Hz stay, so multiplets
# change their shape in ppm with the field: a fit scales the basis and warns, as LCModel does; a network can do neither.
NOTED_FIELD_DIFFERENCE = 0.005
LARGEST_FITTED_FIELD_DIFFERENCE = 0.05
LARGEST_LEARNT_FIELD_DIFFERENCE = 0.01

# Spin quantum numbers of nuclei that couple to protons but are neither excited nor observed.
SPIN_QUANTUM_NUMBER = {"1H": 0.5, "14N": 1.0, "31P": 0.5}
