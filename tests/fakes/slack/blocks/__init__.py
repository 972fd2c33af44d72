"""Block Kit as Slack checks it."""
