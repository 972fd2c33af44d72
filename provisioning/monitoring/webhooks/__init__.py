"""Webhooks: events for other programs, in the form of Standard Webhooks."""
