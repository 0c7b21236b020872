"""Training: one loop for every architecture, from arrays and settings to weights and their history."""
