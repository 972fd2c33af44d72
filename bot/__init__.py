"""The people's door: what technicians say in Slack, and what the channel hears."""
