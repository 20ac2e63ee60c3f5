"""Envoy Gateway's metrics as Prometheus has them, and what a selector finds there.

Names and labels are those of Envoy Gateway 1.9.1 with Envoy 1.40.0: `docs/measurements.md`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from typing import Any

from sluiceway.api.queries import Backends, GatewaySignals
from sluiceway.build.objects import Object
from sluiceway.build.route import http_route
from sluiceway.core import envoy_gateway
from sluiceway.core.case import Case
from sluiceway.core.meters import Meters
from sluiceway.core.vectors import NoAnswer, Vector, vector
from tests.fakes.objects import HOSTNAME, make_resource
from tests.unit.core.metering import at_the_gateway

BOTH = tuple(
    f"service/models/{revision}/{port}" for revision in ("new", "old") for port in ("8000/http", "8001/http2")
)
"""The clusters of both revisions, with `mergeBackends`."""

LADDER = (
    *(0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000, 600000, 1800000),
    *(3600000, inf),
)


def merged(*objectives: dict[str, Any], **given: Any) -> Case:
    """Return the case of `new` beside `old`, whose clusters are named after their Services."""
    return _case(Backends.MERGED, None, objectives, given)


def filtered(*objectives: dict[str, Any], route: Object | None = None, **given: Any) -> Case:
    """Return the same, with the clusters named by their places in the route: `old` first by default."""
    return _case(Backends.FILTERED, route or routed({"old": 80, "new": 20}), objectives, given)


def routed(weights: Mapping[str, int]) -> Object:
    """Return the route of the model, with a preview of `new`."""
    owner = make_resource(traffic=HOSTNAME)
    assert owner.spec.traffic
    return http_route(owner, owner.spec.traffic, weights, previewed={"new": "new"}, filtered=True)


def clusters(backends: Backends, route: Object | None, *revisions: str) -> tuple[tuple[str, str], ...]:
    """Return by which names the gateway counts these revisions."""
    signals = GatewaySignals(provider="prometheus", backends=backends)
    return envoy_gateway.clusters(signals, make_resource(traffic=HOSTNAME), route, revisions)


@dataclass
class Page:
    """What Prometheus has of all gateways."""

    series: list[tuple[Mapping[str, str], float]] = field(default_factory=list)
    le: str = "{:.10g}"
    """How bounds are written. By the text format, and by Prometheus 3 with `.0` at the end."""

    def add(
        self,
        cluster: str,
        classes: Mapping[str, float] | None = None,
        *,
        codes: Mapping[int, float] | None = None,
        took: Iterable[float] = (),
        ladder: Iterable[float] = LADDER,
        method: str = "ModelInfer",
        instance: str = "10.0.0.9:19001",
    ) -> None:
        """Add a cluster with answers by class and by gRPC status, and with the milliseconds they took."""
        labels = {"envoy_cluster_name": cluster, "instance": instance, "job": "gateway"}
        self._add("membership_healthy", labels, 2)
        for name, value in (classes or {}).items():
            self._add("upstream_rq_xx", labels | {"envoy_response_code_class": name}, value)
            self._add("external_upstream_rq_xx", labels | {"envoy_response_code_class": name}, value)
            self._add("upstream_rq", labels | {"envoy_response_code": f"{name}00"}, value)
        if classes:
            self._add("upstream_rq_completed", labels, sum(classes.values()))
        of_service = {"envoy_grpc_bridge_method": method, "envoy_grpc_bridge_service": "inference"}
        for code, value in (codes or {}).items():
            self._add(f"grpc_{method}_{code}", labels | of_service, value)
        if codes:
            self._add(f"grpc_{method}_total", labels | of_service, sum(codes.values()))
            self._add(f"grpc_{method}_success", labels | of_service, codes.get(0, 0))
        if latencies := list(took):
            for bound in ladder:
                le = "+Inf" if bound == inf else self.le.format(bound)
                value = sum(each <= bound for each in latencies)
                self._add("upstream_rq_time_bucket", labels | {"le": le}, value)
                self._add("external_upstream_rq_time_bucket", labels | {"le": le}, value)

    def _add(self, name: str, labels: dict[str, str], value: float) -> None:
        self.series.append(({"__name__": f"envoy_cluster_{name}"} | labels, value))

    def find(self, query: str) -> Vector | NoAnswer:
        """Return what a selector finds: whole values match, and a label that is missing is empty."""
        assert re.fullmatch(r'\{(\w+=~"[^"\\]*",?)+\}', query)
        matchers = re.findall(r'(\w+)=~"([^"]*)"', query)
        return vector(
            (labels, value)
            for labels, value in self.series
            if all(re.fullmatch(regex, labels.get(label, "")) for label, regex in matchers)
        )


def found(page: Page, case: Case) -> Meters | NoAnswer:
    """Return what is counted of the revisions of a case when the page is asked for it."""
    answer = page.find(envoy_gateway.selector(case))
    return answer if isinstance(answer, NoAnswer) else envoy_gateway.meters(answer, case)


def _case(
    backends: Backends, route: Object | None, objectives: tuple[dict[str, Any], ...], given: dict[str, Any]
) -> Case:
    return replace(at_the_gateway(*objectives, **given), clusters=clusters(backends, route, "new", "old"))
