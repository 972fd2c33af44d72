"""The API for other programs, version 1: its resources, in one frame."""
