"""Reading what people type: from a text to a command."""
