"""Delivery to Slack: the rendering and sending of the outbox's messages."""
