"""From quantities to evidence: errors, agreement, paired tests, intervals. Free of JAX: every process starts in a second."""
