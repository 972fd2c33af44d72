"""Imagr: its config, the workflow that a Mac runs, and the picture behind it.

Imagr is frozen at its last commit, so all of this is said to programs that never change.
"""
