"""Authentication at the HTTP door, and limits on guesses."""
