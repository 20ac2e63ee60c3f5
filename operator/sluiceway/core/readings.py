"""What a guard's counters say: Envoy's answer, read strictly or not at all.

The answer is that of Envoy's `GET /stats?format=json&histogram_buckets=cumulative`, filtered by
`build.guard.ladder.COUNTERS`. Envoy leaves out what has never been counted: it is 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sluiceway.build.guard import clusters
from sluiceway.build.guard.ladder import BUCKETS_MILLISECONDS, WHOLE_MILLISECONDS
from sluiceway.core.counts import CLASSES, CODES, UNKNOWN_CODE, Counts

_UPTIME = "server.uptime"
_SINGLE = (clusters.HTTP, clusters.GRPC)
_CODE = re.compile(r"cluster\.(\w+)\.grpc\.(\d{1,3})")
_TABLE = re.compile(r"http\.\w+\.rds\.(\w{1,32})\.update_(success|rejected)")


@dataclass(frozen=True)
class Updates:
    """How often a guard took up a table of routes, and how often it refused one."""

    taken: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class Reading:
    """One answer of one guard, since its process began. Pairs are of HTTP and gRPC, streams left out.

    The numbers are read one after the other, the later ones microseconds after the first: first how many
    are in flight, then how many have begun.
    """

    counts: Counts = field(default_factory=Counts)
    in_flight: tuple[int, int] = (0, 0)
    begun: tuple[int, int] = (0, 0)
    """Requests that were passed on to Triton."""
    uptime: int = 0
    """Seconds; by the node's clock, of which nobody knows that it goes right."""
    tables: Mapping[str, Updates] = field(default_factory=dict)


@dataclass(frozen=True)
class Unanswered:
    """A guard that could not be read, and why, in words."""

    reason: str


class MalformedError(ValueError):
    """An answer that is none of a guard's; the message says what of it."""


def read(document: Any) -> Reading:
    """Read Envoy's answer, parsed from JSON.

    :raises MalformedError: when a number is missing, negative, not whole or out of its place.
    """
    counters, histograms = _split(document)
    if _UPTIME not in counters:
        raise MalformedError(f"{_UPTIME} is missing")
    numbers = {name: _count(name, value) for name, value in counters.items()}
    ladders = [_ladder(f"cluster.{name}.upstream_rq_time", histograms) for name in _SINGLE]
    *within, timed = (sum(steps) for steps in zip(*ladders, strict=True))
    # Over HTTP/1 a caller who leaves ends the connection to Triton, over HTTP/2 only the stream.
    left = (
        numbers.get(f"cluster.{clusters.HTTP}.upstream_cx_destroy_local_with_active_rq", 0),
        numbers.get(f"cluster.{clusters.GRPC}.upstream_rq_tx_reset", 0),
    )
    broken_off = sum(numbers.get(f"http.{name}.downstream_rq_tx_reset", 0) for name in _SINGLE)
    counts = Counts(
        http=_classes(clusters.HTTP, numbers),
        http_stream=_classes(clusters.HTTP_STREAM, numbers),
        grpc=_codes(clusters.GRPC, numbers),
        grpc_stream=_codes(clusters.GRPC_STREAM, numbers),
        within=tuple(within),
        timed=(timed,),
        abandoned=(sum(left),),
        broken_off=(broken_off,),
    )
    in_flight, begun = _requests("active", numbers), _requests("total", numbers)
    return Reading(counts, in_flight, begun, numbers[_UPTIME], _tables(numbers))


def _split(document: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    counters: dict[str, Any] = {}
    histograms: dict[str, Any] = {}
    for entry in _entries(document, "stats"):
        if "histograms" in entry:
            for each in _entries(entry, "histograms"):
                histograms[str(each.get("name"))] = each
        else:
            counters[str(entry.get("name"))] = entry.get("value")
    return counters, histograms


def _entries(document: Any, key: str) -> Iterator[dict[str, Any]]:
    found = document.get(key) if isinstance(document, dict) else None
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise MalformedError(f"no list of {key}")
    yield from found


def _count(name: str, value: Any) -> int:
    # True is an int to Python, and 1.0 equals 1; neither is a count.
    if type(value) is not int or value < 0:
        raise MalformedError(f"{name} is {value!r:.40}, not a count")
    return value


def _requests(what: str, numbers: Mapping[str, int]) -> tuple[int, int]:
    http, grpc = (numbers.get(f"cluster.{name}.upstream_rq_{what}", 0) for name in _SINGLE)
    return http, grpc


def _classes(cluster: str, numbers: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(numbers.get(f"cluster.{cluster}.upstream_rq_{each}", 0) for each in CLASSES)


def _codes(cluster: str, numbers: Mapping[str, int]) -> tuple[int, ...]:
    counted = [0] * CODES
    for name, number in numbers.items():
        if (found := _CODE.fullmatch(name)) and found[1] == cluster:
            code = int(found[2])
            counted[code if code < CODES else UNKNOWN_CODE] += number
    return tuple(counted)


def _ladder(name: str, histograms: Mapping[str, Any]) -> list[int]:
    """Return the cumulative counts at every bound, and last that of all; zeros before the first latency."""
    bounds = (*BUCKETS_MILLISECONDS, WHOLE_MILLISECONDS)
    if name not in histograms:
        return [0] * len(bounds)
    buckets = list(_entries(histograms[name], "buckets"))
    if [each.get("upper_bound") for each in buckets] != list(bounds):
        raise MalformedError(f"{name} has other buckets than this operator knows")
    steps = [_count(name, each.get("cumulative")) for each in buckets]
    if steps != sorted(steps):
        raise MalformedError(f"{name} falls from one bucket to the next")
    return steps


def _tables(numbers: Mapping[str, int]) -> dict[str, Updates]:
    found: dict[str, dict[str, int]] = {}
    for name, number in numbers.items():
        if table := _TABLE.fullmatch(name):
            found.setdefault(table[1], {})[table[2]] = number
    return {table: Updates(each.get("success", 0), each.get("rejected", 0)) for table, each in found.items()}
