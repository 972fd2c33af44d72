"""The slash command: what is typed, and who answers it."""
