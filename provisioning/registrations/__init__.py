"""Registrations: which Mac goes to which site and becomes which build."""
