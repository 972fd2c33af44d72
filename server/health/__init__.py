"""True where the server works, and its heartbeat."""
