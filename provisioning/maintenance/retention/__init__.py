"""Retention: the deletion of rows after the times in the settings."""
