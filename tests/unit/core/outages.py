"""Requests to two revisions in continuous time, and outages that hit both; guards are read as scrapers do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor
from random import Random

from sluiceway.core.objectives import Share
from sluiceway.core.trial import Bounds, Trial

INTERVAL = 0.5
"""Seconds between two rounds of looks."""

Outage = tuple[float, float]


@dataclass(frozen=True)
class Steady:
    """Requests at a constant rate a second."""

    rate: float
    phase: float = 0.5

    def between(self, begin: float, end: float) -> int:
        """Return how many came after *begin*, until *end*."""
        return floor(end * self.rate - self.phase) - floor(begin * self.rate - self.phase)


class Poisson:
    """Requests that come independently of each other, for so many seconds."""

    def __init__(self, rate: float, seconds: float, chance: Random) -> None:
        self._at: list[float] = []
        while not self._at or self._at[-1] < seconds:
            self._at.append((self._at[-1] if self._at else 0.0) + chance.expovariate(rate))

    def between(self, begin: float, end: float) -> int:
        """Return how many came after *begin*, until *end*."""
        return sum(begin < at <= end for at in self._at)


@dataclass(frozen=True)
class Side:
    """A revision: who asks it, and when it answers nobody."""

    users: Steady | Poisson
    outages: Sequence[Outage] = ()

    def counted(self, begin: float, end: float) -> Share:
        """Return what its guard counts after *begin*, until *end*."""
        cut = ((max(begin, down), min(end, up)) for down, up in self.outages)
        bad = sum(self.users.between(down, up) for down, up in cut if down < up)
        return Share(self.users.between(begin, end), bad)


def looked(
    candidate: Side, stable: Side, limits: Bounds, *, offsets: Iterator[float], rounds: int
) -> Iterator[Trial]:
    """Yield the trial after every round: the candidate is read first, the other one by an offset later."""
    trial, mine_at, theirs_at = Trial(), 0.0, 0.0
    for number in range(1, rounds + 1):
        at, later = number * INTERVAL, number * INTERVAL + next(offsets)
        pace = min(1.0, (at - mine_at) / (later - theirs_at)) if later > theirs_at else 1.0
        mine, theirs = candidate.counted(mine_at, at), stable.counted(theirs_at, later)
        trial = trial.after(mine, theirs, limits, pace)
        mine_at, theirs_at = at, later
        yield trial


def spread(chance: Random) -> Iterator[float]:
    """Yield offsets of up to an interval, another one each time."""
    while True:
        yield chance.uniform(0.0, INTERVAL)
