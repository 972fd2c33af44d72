"""SQLite: its file, the processes that have it open, and the turns of those that write."""
