"""Imports for programs: Macs handed in as a list, files or photos, their dry runs, approvals."""
