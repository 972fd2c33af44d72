"""Tests of the tables in lists."""
