"""Fonts for pictures, and text that is drawn in them."""
