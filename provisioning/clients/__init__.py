"""Clients: the programs on a Mac that fetch a script or a document."""
