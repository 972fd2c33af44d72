"""Jobs: a queue of slow work in the database, and its runner."""
