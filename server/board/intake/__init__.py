"""Macs handed in on the board: lists, files and photos, their dry runs, their batches."""
