"""Commands that come in groups, each group a module."""
