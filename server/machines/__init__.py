"""The routes that Macs call."""
