"""Which requests the guard lets through, and as what they count. Everything else is answered 403.

Envoy reads each table from a file of its own and takes up a new one without closing a connection.
"""

from __future__ import annotations

from sluiceway.api import names
from sluiceway.build.guard import clusters
from sluiceway.build.guard.ladder import COUNTERS
from sluiceway.build.objects import Object

_NAME = "[A-Za-z0-9_.-]+"
_MODEL = f"/v2/models/{_NAME}(/versions/{_NAME})?"
_SERVICE = "/inference.GRPCInferenceService"
_INFER = {"safe_regex": {"regex": f"{_MODEL}/(infer|generate)"}}
_GENERATE_STREAM = {"safe_regex": {"regex": f"{_MODEL}/generate_stream"}}
_READ = {"safe_regex": {"regex": f"/v2/?|/v2/health/(live|ready)|{_MODEL}(/(ready|config|stats))?"}}
_MODEL_INFER = {"path": f"{_SERVICE}/ModelInfer"}
_MODEL_STREAM_INFER = {"path": f"{_SERVICE}/ModelStreamInfer"}
_ASK = (
    *(f"{_SERVICE}/Server{what}" for what in ("Live", "Ready", "Metadata")),
    *(f"{_SERVICE}/Model{what}" for what in ("Ready", "Metadata", "Config", "Statistics")),
    *(f"/grpc.health.v1.Health/{what}" for what in ("Check", "Watch")),
)
_CLOSED = "only inference, health and metadata of the model are open to callers\n"
_NO_TIMEOUT = "0s"

END_AFTER = "x-envoy-fault-delay-request"
"""Header of the drain: after how many milliseconds the guard ends."""
DELAY, DELAY_TYPE = (
    "envoy.filters.http.fault",
    "type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault",
)
"""Envoy's filter that delays requests."""
_AS_ASKED: Object = {
    "@type": DELAY_TYPE,
    "delay": {"header_delay": {}, "percentage": {"numerator": 100}},
}


def http_routes(revision: str) -> Object:
    """Return the table for HTTP: inference counts, unless *revision* is asked for by header (a preview)."""
    return _table(
        "http",
        *_counted(_INFER, clusters.HTTP, clusters.HTTP_ASIDE, revision),
        *_counted(_GENERATE_STREAM, clusters.HTTP_STREAM, clusters.HTTP_ASIDE, revision),
        _to(_READ | _headers(_GET), clusters.HTTP_ASIDE),
        _to(_READ | _headers(_equals(":method", "HEAD")), clusters.HTTP_ASIDE),
    )


def grpc_routes(revision: str) -> Object:
    """Return the table for gRPC."""
    return _table(
        "grpc",
        *_counted(_MODEL_INFER, clusters.GRPC, clusters.GRPC_ASIDE, revision),
        *_counted(_MODEL_STREAM_INFER, clusters.GRPC_STREAM, clusters.GRPC_ASIDE, revision),
        *(_to({"path": path}, clusters.GRPC_ASIDE) for path in _ASK),
    )


def own_routes(model: str, key: str) -> Object:
    """Return the table of the guard's own port: probes, counters, and the drain for who has the *key*.

    A gRPC stream lasts as long as its caller likes, and Triton does not end while it has one: the guard ends
    them all by ending itself. For that Envoy mirrors what starts the drain to this port, without waiting for
    an answer; here it is delayed by as much as it says, and then led to where Envoy is told to end.
    """
    opened = _equals(names.HEADER_GUARD_KEY, key)
    return _table(
        "own",
        {"match": {"path": "/ready"}, "direct_response": {"status": 200}},
        _to({"path": f"/v2/models/{model}/ready"} | _headers(_GET), clusters.HTTP_ASIDE),
        _to(
            {"path": "/stats"} | _headers(_GET, _whole_path("/stats")),
            clusters.ADMIN,
            rewritten=f"/stats?{COUNTERS}",
        ),
        _to(
            {"path": "/drain"} | _headers(opened, _whole_path("/drain")),
            clusters.ADMIN,
            rewritten="/drain_listeners?graceful&skip_exit",
            mirrored=clusters.OWN,
        ),
        _to(
            {"path": "/drain_listeners"} | _headers(opened, {"name": END_AFTER, "present_match": True}),
            clusters.ADMIN,
            rewritten="/quitquitquit",
        )
        | {"typed_per_filter_config": {DELAY: _AS_ASKED}},
    )


def _table(name: str, *routes: Object) -> Object:
    closed = {
        "match": {"prefix": "/"},
        "direct_response": {"status": 403, "body": {"inline_string": _CLOSED}},
    }
    return {
        "name": name,
        # A table that leads to a cluster which is not there is refused as a whole.
        "validate_clusters": True,
        "virtual_hosts": [{"name": name, "domains": ["*"], "routes": [*routes, closed]}],
    }


def _counted(match: Object, cluster: str, aside: str, revision: str) -> tuple[Object, Object]:
    asked = _headers(_equals(names.HEADER_REVISION, revision))
    return _to(match | asked, aside), _to(match, cluster)


def _headers(*matchers: Object) -> Object:
    return {"headers": list(matchers)}


def _equals(name: str, value: str) -> Object:
    return {"name": name, "string_match": {"exact": value}}


def _whole_path(path: str) -> Object:
    """Match a path that nothing follows: Envoy would add a caller's query to the rewritten one."""
    return _equals(":path", path)


_GET = _equals(":method", "GET")


def _to(match: Object, cluster: str, rewritten: str = "", mirrored: str = "") -> Object:
    action: Object = {"cluster": cluster, "timeout": _NO_TIMEOUT}
    if rewritten:
        action["prefix_rewrite"] = rewritten
    if mirrored:
        action["request_mirror_policies"] = [{"cluster": mirrored}]
    return {"match": match, "route": action}
