"""What Envoy Gateway's metrics tell of a revision: which series to ask for, and what they count.

Envoy counts by cluster. With `mergeBackends` in EnvoyProxy a cluster is named after its Service,
`service/<namespace>/<service>/<port>/<protocol>`. Without it one cluster stands for all backends of a rule,
but for a backend with filters, `httproute/<namespace>/<route>/rule/<i>/backend/<j>`: by its places in the
route. Names and series: Envoy Gateway 1.9, `docs/measurements.md`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import inf
from re import compile as pattern
from zlib import crc32

from sluiceway.api.objectives import Objective, ObjectiveType
from sluiceway.api.queries import Backends, GatewaySignals
from sluiceway.api.resource import ModelDeployment
from sluiceway.build.guard.ports import GRPC_PORT, HTTP_PORT
from sluiceway.build.objects import Object
from sluiceway.build.route import SPLIT_RULES
from sluiceway.core.case import Case
from sluiceway.core.meters import Meter, Meters
from sluiceway.core.vectors import NoAnswer, Series, Vector

_NAME, _CLUSTER, _CLASS, _LE = "__name__", "envoy_cluster_name", "envoy_response_code_class", "le"
_ENDED, _TIMED = "envoy_cluster_upstream_rq_xx", "envoy_cluster_upstream_rq_time_bucket"
_GRPC = pattern(r"envoy_cluster_grpc_Model(?:Stream)?Infer_(?P<code>[0-9]+)")
_ANSWERED = ("2", "3", "4", "5")
_BAD_CLASS = {ObjectiveType.ERROR_RATE: "5", ObjectiveType.CALLER_ERROR: "4"}

_BUCKETS_MILLISECONDS = (
    *(0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000),
    *(300_000, 600_000, 1_800_000, 3_600_000),
)
"""Upper bounds of Envoy's histograms where nobody has set others (Envoy, `HistogramSettingsImpl`)."""


def clusters(
    signals: GatewaySignals, owner: ModelDeployment, route: Object | None, revisions: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """Return the names of the clusters of *revisions*, or what they begin with, each with its revision."""
    namespace, name = owner.metadata.namespace, owner.metadata.name
    if signals.backends is Backends.MERGED:
        return tuple(
            (f"service/{namespace}/{revision}/{port}/", revision)
            for revision in revisions
            for port in (HTTP_PORT, GRPC_PORT)
        )
    # The rules that follow lead to previews, which are no requests of users.
    rules = route["spec"]["rules"][:SPLIT_RULES] if route else ()
    return tuple(
        (f"httproute/{namespace}/{name}/rule/{number}/backend/{place}", backend["name"])
        for number, rule in enumerate(rules)
        for place, backend in enumerate(rule["backendRefs"])
        if backend["name"] in revisions
    )


def selector(case: Case) -> str:
    """Return the query for all that is to be known of the revisions of a case.

    Envoy makes the counters of a cluster with its first request. So that "no requests" can be told from
    "nobody measures", the number of its endpoints is asked for as well: that is there from the beginning.
    """
    names = "|".join(f"{begins}.*" if begins.endswith("/") else begins for begins, _ in case.clusters)
    # From version 3 on Prometheus keeps as 250.0 what the gateway writes as 250.
    bounds = "|".join(f"{bound:g}([.]0)?" for one in case.objectives for bound in _bounds(one))
    series = "membership_healthy|upstream_rq_xx|upstream_rq_time_bucket|grpc_Model(Stream)?Infer_[0-9]+"
    return (
        f'{{{_NAME}=~"envoy_cluster_({series})",{_CLUSTER}=~"{names}"'
        f',{_LE}=~"({bounds + "|" if bounds else ""}[+]Inf)?"}}'
    )


def meters(found: Vector, case: Case) -> Meters | NoAnswer:
    """Return what the gateway has counted of each revision, by objective.

    No answer when latencies are counted in buckets by which an objective can not be judged.
    """
    histograms = _histograms(found.samples).values()
    for one in case.objectives:
        bounds = _bounds(one)
        if bounds and any(buckets.keys().isdisjoint(bounds) for buckets in histograms):
            return NoAnswer(
                f"its histograms have no bucket at {' or '.join(f'{bound:g}' for bound in bounds)} ms for"
                f' "{one.name}": leave Envoy\'s buckets as they are by default, or choose a threshold that is'
                " one of them"
            )
    of: dict[str, dict[Series, float]] = {case.revision: {}, case.beside: {}}
    for series, value in found.samples.items():
        cluster = dict(series).get(_CLUSTER, "")
        for begins, revision in case.clusters:
            if cluster == begins or (begins.endswith("/") and cluster.startswith(begins)):
                of[revision][series] = value
    return {
        name: tuple(
            replace(
                _meter(one, samples),
                sources={_key(series): _source(series) for series in samples},
                read=frozenset(map(_source, samples)),
            )
            for one in case.objectives
        )
        for name, samples in of.items()
    }


def _meter(objective: Objective, samples: Mapping[Series, float]) -> Meter:
    if objective.type is ObjectiveType.LATENCY:
        return _timed(samples, _bounds(objective))
    with_codes = {dict(series)[_CLUSTER] for series in samples if _GRPC.fullmatch(dict(series)[_NAME])}
    total, bad = {}, {}
    for series, value in samples.items():
        labels = dict(series)
        if told := _GRPC.fullmatch(labels[_NAME]):
            total[_key(series)] = value
            if int(told["code"]) in objective.codes:
                bad[_key(series)] = value
        # The HTTP status of a gRPC call is 200, however it ends.
        elif labels[_NAME] == _ENDED and labels[_CLUSTER] not in with_codes:
            if labels.get(_CLASS) in _ANSWERED:
                total[_key(series)] = value
            if labels.get(_CLASS) == _BAD_CLASS[objective.type]:
                bad[_key(series)] = value
    return Meter(total, bad)


def _timed(samples: Mapping[Series, float], bounds: Sequence[float]) -> Meter:
    """Return how many requests ended, and how many of them took longer than the first known of *bounds*."""
    found = _histograms(samples)
    total = {key: buckets[inf] for key, buckets in found.items() if inf in buckets}
    within = {key: next(found[key][bound] for bound in bounds if bound in found[key]) for key in total}
    return Meter(total, {key: ended - within[key] for key, ended in total.items()})


def _histograms(samples: Mapping[Series, float]) -> Mapping[str, Mapping[float, float]]:
    """Return what histograms there are, each with how many requests took no longer than its bounds."""
    found: dict[str, dict[float, float]] = {}
    for series, value in samples.items():
        labels = dict(series)
        if labels[_NAME] == _TIMED:
            found.setdefault(_key(series), {})[float(labels[_LE])] = value
    return found


def _bounds(objective: Objective) -> tuple[float, ...]:
    """Return the threshold, and the next bucket that there is by default: who is slower is surely slow."""
    if objective.threshold_milliseconds is None:
        return ()
    threshold = float(objective.threshold_milliseconds)
    return threshold, next(bound for bound in _BUCKETS_MILLISECONDS if bound > threshold)


def _source(series: Series) -> str:
    """Return a short name of what one pod of the gateway has of one cluster.

    Of those that have counted nothing yet the number of endpoints is there.
    """
    of_counters = {_NAME, _CLASS, _LE, "envoy_grpc_bridge_method", "envoy_grpc_bridge_service"}
    return f"{crc32(repr([label for label in series if label[0] not in of_counters]).encode()):08x}"


def _key(series: Series) -> str:
    """Return a short name of a series, the same for all buckets of one histogram."""
    return f"{crc32(repr([label for label in series if label[0] != _LE]).encode()):08x}"
