"""Heartbeats of Rollcall's processes, and trials of what they need for their work."""
