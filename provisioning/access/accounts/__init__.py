"""Accounts of the people who use the board, their sessions, and one-time links."""
