"""The outside: the API server and whatever else is reached over a network."""
