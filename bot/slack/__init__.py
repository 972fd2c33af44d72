"""Slack's own things: client, users, markup, windows, payloads."""
