"""Parsers of pasted texts and spreadsheets: they return the Macs as entries."""
