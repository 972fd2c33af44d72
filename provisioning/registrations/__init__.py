"""Registrations of Macs: each says which site a Mac goes to and which build it becomes."""
