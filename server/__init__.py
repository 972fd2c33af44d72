"""The HTTP server: scripts and manifests for Macs, the board, the API, and health checks."""
