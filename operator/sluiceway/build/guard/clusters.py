"""Whom the guard passes requests on to: Triton on loopback, once per kind of request.

Envoy counts by cluster, so that requests which shall be told apart go by clusters of their own.
"""

from __future__ import annotations

from sluiceway.build.guard.ports import ADMIN_PORT, GUARD_PORT, TRITON_GRPC_PORT, TRITON_HTTP_PORT
from sluiceway.build.objects import Object

HTTP, GRPC = "http", "grpc"
"""Inference of users: every status, every latency, what is in flight."""
HTTP_STREAM, GRPC_STREAM = "http_stream", "grpc_stream"
"""Streams of users: how they end. How long they last says nothing of the model."""
HTTP_ASIDE, GRPC_ASIDE = "http_aside", "grpc_aside"
"""What is no evidence: probes, golden inputs, previews, health and metadata."""
ADMIN = "admin"
"""Envoy's own interface."""
OWN = "own"
"""The guard's own port: what it asks of itself."""

COUNTED = (HTTP, GRPC, HTTP_STREAM, GRPC_STREAM)

_NO_LIMIT = 1_000_000_000
_CONNECT_TIMEOUT = "1s"
_IDLE_TIMEOUT = "1s"
"""Triton does not exit while it has connections, idle ones too: they end soon after their last request."""


def clusters() -> list[Object]:
    """Return every cluster."""
    http = [_cluster(name, TRITON_HTTP_PORT, _HTTP1) for name in (HTTP, HTTP_STREAM, HTTP_ASIDE)]
    grpc = [_cluster(name, TRITON_GRPC_PORT, _HTTP2) for name in (GRPC, GRPC_STREAM, GRPC_ASIDE)]
    return [*http, *grpc, _cluster(ADMIN, ADMIN_PORT, _HTTP1), _cluster(OWN, GUARD_PORT, _HTTP1)]


PRESERVE_CASE: Object = {
    "stateful_formatter": {
        "name": "preserve_case",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.http.header_formatters.preserve_case.v3."
            "PreserveCaseFormatterConfig"
        },
    }
}
"""Headers keep the case that caller and Triton gave them."""
_HTTP1: Object = {"http_protocol_options": {"header_key_format": PRESERVE_CASE}}
_HTTP2: Object = {"http2_protocol_options": {}}


def _cluster(name: str, port: int, protocol: Object) -> Object:
    return {
        "name": name,
        "type": "STATIC",
        "connect_timeout": _CONNECT_TIMEOUT,
        # How many requests Triton takes is Triton's to say: Envoy's own limit is 1,024 (and answers 503).
        "circuit_breakers": {
            "thresholds": [
                {
                    "max_connections": _NO_LIMIT,
                    "max_pending_requests": _NO_LIMIT,
                    "max_requests": _NO_LIMIT,
                    "max_retries": 0,
                }
            ]
        },
        "typed_extension_protocol_options": {
            "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                "common_http_protocol_options": {"idle_timeout": _IDLE_TIMEOUT},
                "explicit_http_config": protocol,
            }
        },
        "load_assignment": {
            "cluster_name": name,
            "endpoints": [{"lb_endpoints": [{"endpoint": {"address": loopback(port)}}]}],
        },
    }


def loopback(port: int) -> Object:
    """Return an address inside the pod."""
    return {"socket_address": {"address": "127.0.0.1", "port_value": port}}
