"""Sluiceway: a Kubernetes operator for model deployments on NVIDIA Triton."""
