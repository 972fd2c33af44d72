"""Block Kit, as pure functions from what is known to what Slack shows."""
