"""Imports in Slack: lists, files, photos, forms, shortcuts, the workflow step."""
