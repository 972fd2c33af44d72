"""Errors as sentences to people in Slack."""
