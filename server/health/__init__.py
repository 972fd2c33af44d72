"""Whether the server works, and its heartbeat."""
