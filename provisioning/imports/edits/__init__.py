"""Edits of dry runs: rows that people corrected, sent elsewhere, took or left out."""
