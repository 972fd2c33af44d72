"""Webhooks: other programs that hear what happens, in the form of Standard Webhooks."""
