"""Imagr: its config, the workflow that a Mac runs, and the picture behind it.

Imagr has had its last release, so its formats never change.
"""
