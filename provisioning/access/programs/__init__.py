"""Other programs: their tokens for the API, and their calls, each carried out once."""
