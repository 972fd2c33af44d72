"""Tests of serials and other tokens, apart from the lines that they stand in."""
