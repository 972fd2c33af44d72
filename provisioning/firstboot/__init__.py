"""First boots of Macs: their placement, their manifests and their reports."""
