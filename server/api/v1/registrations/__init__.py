"""Registrations, for programs."""
