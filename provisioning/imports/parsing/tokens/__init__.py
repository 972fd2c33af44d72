"""Single words and cells: serials, names of computers, and all that is neither."""
