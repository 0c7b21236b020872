"""The one table in which networks, LCModel and our own fit meet: schema, writing, reading, normalising, members, ratios.

Free of JAX: every process that only reads numbers starts in a second.
"""
