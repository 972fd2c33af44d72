"""Other programs: their tokens for the API, and the calls that are never done twice."""
