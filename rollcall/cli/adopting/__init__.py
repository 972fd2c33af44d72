"""The command that adopts a repo: what it looks like, its Macs, and a layout that changes."""
