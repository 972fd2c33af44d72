"""Registrations of Macs: the site and the build for each of them."""
