"""Features of the people's door, a module each: commands, buttons and windows."""
