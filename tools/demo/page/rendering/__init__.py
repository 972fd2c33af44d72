"""Rendering: the stand-in Slack as HTML."""
