"""What callers of a guarded pod see, against what Triton and the guard count."""
