"""Manifests: Munki's files for one Mac, and the manifests that they include."""
