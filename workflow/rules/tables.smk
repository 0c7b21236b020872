# The study's tables, one rule each.
