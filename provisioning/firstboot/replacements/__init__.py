"""Replacements: a Mac, or its board, was exchanged, and another serial takes the place of its."""
