"""Who calls the HTTP door, and how guesses are slowed."""
