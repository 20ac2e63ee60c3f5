"""The answer of a guard, as Envoy writes it: what was never counted is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sluiceway.build.guard.ladder import BUCKETS_MILLISECONDS, WHOLE_MILLISECONDS

BOUNDS = (*BUCKETS_MILLISECONDS, WHOLE_MILLISECONDS)


def answer(latencies: Mapping[str, list[int]] | None = None, **counters: Any) -> dict[str, Any]:
    """Return an answer with these counters, dots written as two underscores, and latencies by cluster."""
    stats: list[Any] = [
        {"name": name.replace("__", "."), "value": value}
        for name, value in ({"server__uptime": 7} | counters).items()
    ]
    histograms = [
        histogram(f"cluster.{name}.upstream_rq_time", each) for name, each in (latencies or {}).items()
    ]
    return {"stats": [*stats, *([{"histograms": histograms}] if histograms else [])]}


def histogram(name: str, milliseconds: list[int]) -> dict[str, Any]:
    """Return the histogram of these latencies."""
    buckets = [
        {"upper_bound": bound, "interval": 0, "cumulative": sum(each <= bound for each in milliseconds)}
        for bound in BOUNDS
    ]
    return {"name": name, "buckets": buckets}
