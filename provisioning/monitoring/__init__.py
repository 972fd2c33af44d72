"""Monitoring: what waits, what was done, and how fast."""
