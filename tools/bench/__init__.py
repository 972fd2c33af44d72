"""Measurements: Rollcall beside what it replaces, on the same machine, in the same minutes."""
