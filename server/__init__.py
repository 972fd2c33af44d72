"""The Macs' door: scripts and manifests over HTTP, and whether the server is well."""
