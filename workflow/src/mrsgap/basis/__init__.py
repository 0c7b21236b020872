"""Metabolite basis sets: simulated, broadened, checked and exported."""
