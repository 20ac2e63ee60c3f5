"""End-to-end tests and the machinery they need: a real cluster on one machine."""
