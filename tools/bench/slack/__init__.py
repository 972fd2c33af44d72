"""Measurements of what people in Slack wait for."""
