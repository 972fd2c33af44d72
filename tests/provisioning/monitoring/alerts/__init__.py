"""Alerts: what is told elsewhere than in Slack, to whom, and once."""
