"""Signing in and out, the own rights and sessions, and those of others for admins."""
