"""Signing in and out, the visitor's rights and sessions, and others' sessions for admins."""
