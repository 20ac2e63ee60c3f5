"""What an objective makes of a guard's counts: how many requests, and how many of them were bad."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from sluiceway.api.objectives import Objective, ObjectiveType
from sluiceway.core.counts import CANCELLED_CODE, Counts
from sluiceway.core.tally import Tally

_MILLISECONDS = 1000


@dataclass(frozen=True)
class Share:
    """So many requests, of which so many were bad."""

    requests: int = 0
    bad: int = 0

    def __add__(self, other: Share) -> Share:
        return Share(self.requests + other.requests, self.bad + other.bad)

    def since(self, earlier: Share) -> Self:
        """Return what came after *earlier*; a request that was overdue and is not any more adds nothing."""
        requests = max(0, self.requests - earlier.requests)
        return type(self)(requests, min(requests, max(0, self.bad - earlier.bad)))


def share(objective: Objective, tally: Tally) -> Share:
    """Return what one guard has counted so far, requests that are overdue included.

    A request is counted while it is overdue and again when it is answered, and leaves the overdue ones then:
    the sum counts it once.
    """
    counted = _COUNTED[objective.type](objective, tally.counts)
    overdue = tally.older_than(patience(objective)) if objective.type is not ObjectiveType.CALLER_ERROR else 0
    return counted + Share(overdue, overdue)


def patience(objective: Objective) -> float:
    """Return for how many seconds a request may be with the model before it counts as bad."""
    if objective.threshold_milliseconds is not None:
        return objective.threshold_milliseconds / _MILLISECONDS
    return float(objective.timeout)


def _failed(objective: Objective, counts: Counts) -> Share:
    statuses = _statuses(counts)
    bad = statuses[-1] + _with_codes(counts, objective.codes) + counts.broken_off[0]
    return Share(_answered(counts), bad)


def _refused(objective: Objective, counts: Counts) -> Share:
    return Share(_answered(counts), _statuses(counts)[-2] + _with_codes(counts, objective.codes))


def _slow(objective: Objective, counts: Counts) -> Share:
    return Share(counts.timed[0], counts.slower_than(objective.threshold_milliseconds or 0))


_COUNTED: dict[ObjectiveType, Callable[[Objective, Counts], Share]] = {
    ObjectiveType.ERROR_RATE: _failed,
    ObjectiveType.CALLER_ERROR: _refused,
    ObjectiveType.LATENCY: _slow,
}


def _answered(counts: Counts) -> int:
    """Return how many requests got a final answer; what the caller cancelled is nobody's failure."""
    cancelled = counts.grpc[CANCELLED_CODE] + counts.grpc_stream[CANCELLED_CODE]
    return sum(_statuses(counts)[1:]) + sum(counts.grpc) + sum(counts.grpc_stream) - cancelled


def _statuses(counts: Counts) -> list[int]:
    return [one + stream for one, stream in zip(counts.http, counts.http_stream, strict=True)]


def _with_codes(counts: Counts, codes: frozenset[int]) -> int:
    return sum(counts.grpc[code] + counts.grpc_stream[code] for code in codes)
