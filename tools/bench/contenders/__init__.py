"""Contenders: the real processes that are measured side by side."""
