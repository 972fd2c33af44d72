"""Edits of dry runs: rows that people corrected, moved, accepted or left out."""
