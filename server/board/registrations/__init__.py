"""Registered Macs on the board: in columns by state, as a table, and acts on many at once."""
