"""Delivery to Slack: rendering and sending of what the outbox holds."""
