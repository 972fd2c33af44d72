"""Unknown Macs, and benches that wait for them, for programs."""
