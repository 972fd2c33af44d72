"""The slash command: its commands, their parsing and their dispatcher."""
