"""Registrations that get another serial: after an exchange of a Mac or a board, or a typo."""
