"""Macs that booted and that nobody registered, and benches that wait for them, for programs."""
