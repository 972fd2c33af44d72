"""Tests of the words and headings by which lists are read."""
