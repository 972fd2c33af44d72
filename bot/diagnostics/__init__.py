"""The doctor and the preview, in Slack."""
