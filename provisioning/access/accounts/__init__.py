"""Accounts of people who use the board: who they are, their sessions, and one-time links."""
