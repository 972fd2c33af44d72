"""Retention: what is deleted once it was kept for as long as the settings say."""
