"""A one-node Kubernetes cluster on this machine, without Docker and without a registry."""
