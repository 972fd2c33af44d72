"""Lists of registrations: a page of a table, and files."""
