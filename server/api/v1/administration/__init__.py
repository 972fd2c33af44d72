"""Keys, tokens and webhooks, for programs of admins."""
