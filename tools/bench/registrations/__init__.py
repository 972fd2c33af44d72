"""Measurements of what a list of Macs costs."""
