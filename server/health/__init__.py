"""Health of the server: its readiness and its heartbeat."""
