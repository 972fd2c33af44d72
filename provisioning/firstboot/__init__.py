"""First boots: where a Mac goes that asks, its script, and what it reports."""
