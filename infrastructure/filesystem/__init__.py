"""Files, locks between processes, and mounts."""
