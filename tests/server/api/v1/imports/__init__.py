"""Tests of imports for programs."""
