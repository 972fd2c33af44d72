"""A database of an earlier release, opened by the present code."""
