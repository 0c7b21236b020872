"""Can this number be trusted: is the spectrum like those a method learnt from, and what do its intervals hold."""
