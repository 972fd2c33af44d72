"""Drift: a Mac's manifest is otherwise than Rollcall wrote it for the Mac's registration."""
