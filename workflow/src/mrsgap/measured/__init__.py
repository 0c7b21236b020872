"""Other people's files in the one schema of the workflow; the only place where a signal is conjugated."""
