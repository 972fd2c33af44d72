"""The Slack door: commands, forms and buttons of people, and the messages to channels."""
