"""Heartbeats of Rollcall's processes, and trials of the resources that they need."""
