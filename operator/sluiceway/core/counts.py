"""Counts of requests: what a guard has counted, and sums of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from operator import add

from sluiceway.build.guard.ladder import BUCKETS_MILLISECONDS

CLASSES = ("1xx", "2xx", "3xx", "4xx", "5xx")
"""Classes of HTTP statuses, in the order of `Counts.http`."""
CODES = 17
"""gRPC statuses are 0 to 16 (google.rpc.Code); one beyond them counts as UNKNOWN."""
UNKNOWN_CODE = 2
CANCELLED_CODE = 1


@dataclass(frozen=True)
class Counts:
    """What only ever grows. Answers are by HTTP class or by gRPC status, streams of answers apart.

    Latencies and what is abandoned speak of single answers and not of streams.
    """

    http: tuple[int, ...] = (0,) * len(CLASSES)
    http_stream: tuple[int, ...] = (0,) * len(CLASSES)
    """By the status with which the stream began: HTTP has no other."""
    grpc: tuple[int, ...] = (0,) * CODES
    grpc_stream: tuple[int, ...] = (0,) * CODES
    within: tuple[int, ...] = (0,) * len(BUCKETS_MILLISECONDS)
    """Answers that took at most as long as the bound at the same place of `BUCKETS_MILLISECONDS`."""
    timed: tuple[int, ...] = (0,)
    """Answers among which those `within` are: all that came from Triton whole."""
    abandoned: tuple[int, ...] = (0,)
    """Requests whose callers left before an answer began, their deadlines included."""
    broken_off: tuple[int, ...] = (0,)
    """Answers that Triton broke off after they had begun, those of streams and previews among them."""

    def __add__(self, other: Counts) -> Counts:
        pairs = zip(_parts(self), _parts(other), strict=True)
        return Counts(*(tuple(map(add, mine, theirs)) for mine, theirs in pairs))

    def falls_to(self, later: Counts) -> bool:
        """Tell whether any count is lower in *later*."""
        pairs = zip(_parts(self), _parts(later), strict=True)
        return any(b < a for before, after in pairs for a, b in zip(before, after, strict=True))

    def slower_than(self, milliseconds: int) -> int:
        """Return how many answers took longer; *milliseconds* has to be one of `BUCKETS_MILLISECONDS`."""
        return self.timed[0] - self.within[BUCKETS_MILLISECONDS.index(milliseconds)]


def _parts(counts: Counts) -> Sequence[tuple[int, ...]]:
    return (
        counts.http,
        counts.http_stream,
        counts.grpc,
        counts.grpc_stream,
        counts.within,
        counts.timed,
        counts.abandoned,
        counts.broken_off,
    )
