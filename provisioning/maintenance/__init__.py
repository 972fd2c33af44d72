"""Maintenance of all tables at once: backups, retention, corrected clocks."""
