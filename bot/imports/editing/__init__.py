"""The window in which people correct the rows of a dry run."""
