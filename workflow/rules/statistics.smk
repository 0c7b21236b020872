# From quantities to errors, agreement and tests.
