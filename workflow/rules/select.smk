# Model selection: a static graph of (study, round, trial).
