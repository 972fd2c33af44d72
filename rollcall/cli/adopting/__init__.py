"""The command that adopts a repo: its examination, its Macs, and changes of its layout."""
