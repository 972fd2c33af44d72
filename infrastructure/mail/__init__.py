"""E-mail: addresses as people type them, and the connection to a mail server."""
