"""Imports: many Macs from a list, a file or a photo, checked and registered together."""
