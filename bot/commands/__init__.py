"""The slash command: its parser, its commands and their dispatcher."""
