"""Ways to write statements: compiled once, with any number of rows, of one database alone."""
