"""Slack itself: its client, users, markup, windows and payloads."""
