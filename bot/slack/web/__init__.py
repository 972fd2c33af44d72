"""Slack's Web API and Socket Mode: the client, its connection, its answers, its files."""
