"""The board: pages of a large installation, and news for many open boards."""
