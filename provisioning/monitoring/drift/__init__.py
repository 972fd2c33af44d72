"""Drift: a Mac's manifest differs from the one that Rollcall wrote for its registration."""
