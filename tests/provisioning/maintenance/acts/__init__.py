"""Tests of the acts of people and programs."""
