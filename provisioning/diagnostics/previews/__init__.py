"""Previews of a Mac's next boot, with the reasons."""
