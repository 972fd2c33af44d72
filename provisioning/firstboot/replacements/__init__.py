"""Registrations that get another serial: a Mac or its board was exchanged, or it was a slip."""
