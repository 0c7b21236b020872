"""How good a spectrum is, before anyone quantifies it."""
