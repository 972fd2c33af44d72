"""Retention: what is deleted, what stays, and how."""
