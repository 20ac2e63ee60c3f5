"""The desired Kubernetes objects as plain dicts: one small file per kind, pure."""
