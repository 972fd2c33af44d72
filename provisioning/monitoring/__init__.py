"""Monitoring: the dashboard, digests and statistics of registrations."""
