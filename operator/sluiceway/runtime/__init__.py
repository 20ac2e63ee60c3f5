"""The shell: Kopf watches, a queue of our own, one reconcile per key, one status write at its end."""
