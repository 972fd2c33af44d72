"""Manifests: Munki's files for one Mac, and what they include."""
