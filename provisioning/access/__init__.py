"""Access: credentials, tokens, and who was refused."""
