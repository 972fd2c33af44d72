"""Clients: the programs on a Mac that ask for a script or a document."""
