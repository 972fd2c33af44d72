"""Jobs: a queue of work in the database, and what runs it."""
