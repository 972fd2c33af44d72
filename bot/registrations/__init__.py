"""Registrations in Slack: commands, windows, cards, buttons."""
