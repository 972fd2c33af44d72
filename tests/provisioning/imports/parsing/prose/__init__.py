"""Tests of sentences and lines."""
