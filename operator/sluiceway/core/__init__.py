"""The decisions: pure functions from what was observed to a plan."""
