"""Backends of a search by name: each fits a model and answers for every configuration of the space."""

from mrsgap.select import gaussian_process, gpyopt_backend

BACKENDS = {"mrsgap": gaussian_process.fit, "gpyopt": gpyopt_backend.fit}
