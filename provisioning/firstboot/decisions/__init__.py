"""Decisions about Macs' manifests, which people make in the threads of the Macs' cards."""
