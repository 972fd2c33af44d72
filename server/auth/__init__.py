"""Authentication of HTTP requests, and limits on guesses."""
