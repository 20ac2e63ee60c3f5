"""What of the guard's configuration lasts as long as its process: listeners, clusters, limits."""

from __future__ import annotations

from sluiceway.build.guard.clusters import PRESERVE_CASE, clusters, loopback
from sluiceway.build.guard.ladder import BUCKETS_MILLISECONDS, WHOLE_MILLISECONDS
from sluiceway.build.guard.ports import ADMIN_PORT, GRPC_PORT, GUARD_PORT, HTTP_PORT
from sluiceway.build.guard.routes import DELAY, DELAY_TYPE
from sluiceway.build.objects import Object

DIRECTORY = "/etc/sluiceway/guard"
"""Where the configuration is mounted."""
BOOTSTRAP = "bootstrap.json"

_FLUSH_INTERVAL = "0.5s"
"""How old a histogram may be when it is read; counters are never old.

Half of it costs an idle guard twice the CPU.
"""
_HEADERS_TIMEOUT = "10s"
_MAX_CONNECTIONS = {"http": 4096, "grpc": 4096, "own": 512}
"""By listener, so that probes find their way also when callers have taken every connection."""
_WINDOW_BYTES = 1024 * 1024

_HTTP_FILTERS = "type.googleapis.com/envoy.extensions.filters.http"


def bootstrap() -> Object:
    """Return the bootstrap configuration; the same for every pod."""
    return {
        "node": {"id": "guard", "cluster": "guard"},
        "admin": {"address": loopback(ADMIN_PORT)},
        "stats_flush_interval": _FLUSH_INTERVAL,
        "stats_config": _stats(),
        # Envoy warns at every start where the sum of all connections has no limit.
        "overload_manager": {
            "resource_monitors": [
                {
                    "name": "envoy.resource_monitors.global_downstream_max_connections",
                    "typed_config": {
                        "@type": "type.googleapis.com/envoy.extensions.resource_monitors."
                        "downstream_connections.v3.DownstreamConnectionsConfig",
                        "max_active_downstream_connections": sum(_MAX_CONNECTIONS.values()),
                    },
                }
            ]
        },
        "layered_runtime": {"layers": [{"name": "limits", "static_layer": _limits()}]},
        "static_resources": {
            "listeners": [
                _listener("http", HTTP_PORT, [_ROUTER]),
                _listener("grpc", GRPC_PORT, [_GRPC_STATS, _ROUTER]),
                _listener("own", GUARD_PORT, [_AS_POST, _DELAY, _ROUTER]),
            ],
            "clusters": clusters(),
        },
    }


def _limits() -> Object:
    # Not as Envoy's limit for all listeners with an exception for this one: connections that are excepted
    # are taken off its sum when they close and were never added, so that probes would wear the limit away.
    return {
        f"envoy.resource_limits.listener.{name}.connection_limit": limit
        for name, limit in _MAX_CONNECTIONS.items()
    }


def _stats() -> Object:
    return {
        "stats_matcher": {
            "inclusion_list": {
                "patterns": [{"prefix": prefix} for prefix in ("cluster.http", "cluster.grpc", "server.")]
                + [
                    {"suffix": suffix}
                    for suffix in (
                        *("update_rejected", "update_success"),
                        *("downstream_cx_active", "downstream_rq_tx_reset"),
                    )
                ]
            }
        },
        "histogram_bucket_settings": [
            {
                "match": {"prefix": "cluster."},
                "buckets": [float(bound) for bound in (*BUCKETS_MILLISECONDS, WHOLE_MILLISECONDS)],
            }
        ],
    }


def _listener(name: str, port: int, filters: list[Object]) -> Object:
    return {
        "name": name,
        "address": {"socket_address": {"address": "0.0.0.0", "port_value": port}},  # noqa: S104 - the pod's
        "per_connection_buffer_limit_bytes": _WINDOW_BYTES,
        "filter_chains": [
            {
                "filters": [
                    {
                        "name": "envoy.filters.network.http_connection_manager",
                        "typed_config": _http(name, filters),
                    }
                ]
            }
        ],
    }


def _http(name: str, filters: list[Object]) -> Object:
    return {
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3."
        "HttpConnectionManager",
        "stat_prefix": name,
        "codec_type": "AUTO",
        "rds": {
            "route_config_name": name,
            "config_source": {
                "resource_api_version": "V3",
                "path_config_source": {
                    "path": f"{DIRECTORY}/{name}.json",
                    # kubelet replaces all files of a ConfigMap at once, by renaming a link in this directory.
                    "watched_directory": {"path": DIRECTORY},
                },
            },
        },
        "http_filters": filters,
        # A model may take as long as its caller waits; a caller may not take for ever to ask.
        "stream_idle_timeout": "0s",
        "request_headers_timeout": _HEADERS_TIMEOUT,
        "http_protocol_options": {"accept_http_10": True, "header_key_format": PRESERVE_CASE},
        "http2_protocol_options": {
            "initial_stream_window_size": _WINDOW_BYTES,
            "initial_connection_window_size": 8 * _WINDOW_BYTES,
        },
        # What a path means is settled before it is matched.
        "normalize_path": True,
        "merge_slashes": True,
        "path_with_escaped_slashes_action": "REJECT_REQUEST",
        "server_header_transformation": "PASS_THROUGH",
        # No "internal_address_config", also not an empty one: with it Envoy believes whoever says that he
        # comes from a private address, and does what his headers say (x-envoy-upstream-rq-timeout-ms: 1).
        "generate_request_id": False,
        "skip_xff_append": True,
    }


_ROUTER: Object = {
    "name": "envoy.filters.http.router",
    "typed_config": {"@type": f"{_HTTP_FILTERS}.router.v3.Router", "suppress_envoy_headers": True},
}
_GRPC_STATS: Object = {
    "name": "envoy.filters.http.grpc_stats",
    "typed_config": {"@type": f"{_HTTP_FILTERS}.grpc_stats.v3.FilterConfig", "stats_for_all_methods": False},
}
# Delays nothing by itself: a route says so.
_DELAY: Object = {"name": DELAY, "typed_config": {"@type": DELAY_TYPE}}
_AS_POST: Object = {
    "name": "envoy.filters.http.lua",
    "typed_config": {
        "@type": f"{_HTTP_FILTERS}.lua.v3.Lua",
        "default_source_code": {
            "inline_string": "function envoy_on_request(handle)\n"
            '  if handle:headers():get(":path") == "/drain" then\n'
            '    handle:headers():replace(":method", "POST")\n'
            "  end\n"
            "end\n"
        },
    },
}
