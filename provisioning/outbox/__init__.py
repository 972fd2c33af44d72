"""The outbox: messages that are owed to Slack, in the order of their channels."""
