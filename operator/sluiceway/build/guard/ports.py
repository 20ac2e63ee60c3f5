"""The ports of a guarded pod. Callers see those that Triton has; Triton itself is on loopback."""

HTTP_PORT = 8000
GRPC_PORT = 8001
METRICS_PORT = 8002
"""Triton's metrics, on every address: they control nothing, and tell kubelet that Triton lives."""
GUARD_PORT = 8003
"""Probes, the guard's counters, the drain: for kubelet and the operator."""

TRITON_HTTP_PORT = 18000
TRITON_GRPC_PORT = 18001
ADMIN_PORT = 18003
"""On loopback."""
