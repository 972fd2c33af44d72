"""Measurements of what Macs call."""
