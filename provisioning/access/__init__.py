"""Access: credentials, tokens, and the record of refused requests."""
