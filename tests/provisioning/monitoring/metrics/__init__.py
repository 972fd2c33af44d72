"""Metrics, as the databases give them."""
