"""The composition root: it makes processes of settings, and one server for Slack and HTTP."""
