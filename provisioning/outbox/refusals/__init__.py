"""Messages that Slack refuses: kept, told to people, and sent once it takes them."""
