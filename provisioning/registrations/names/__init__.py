"""Computer names of registered Macs: given by people, made by patterns, and their clashes."""
