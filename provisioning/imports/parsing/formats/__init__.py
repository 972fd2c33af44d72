"""Formats of files with lists of Macs, each turned into rows or lines."""
