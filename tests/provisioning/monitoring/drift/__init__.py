"""Drift: manifests that are otherwise than Rollcall wrote them."""
