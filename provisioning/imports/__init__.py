"""Imports: many Macs at once, from a list, a file or a photo."""
