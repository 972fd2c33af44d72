"""The window in which people put the rows of a dry run right."""
