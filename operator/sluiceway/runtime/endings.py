"""How rollouts ended, counted from what stands on record, so that none counts twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from sluiceway.api.reasons import REFUSING, Reason
from sluiceway.core.memory import Outcome
from sluiceway.runtime.keys import Key

_Seen = frozenset[tuple[str, int, str]]

ALWAYS = tuple(sorted({*REFUSING, Reason.SERVING, Reason.SUPERSEDED}))
"""Counted from 0 on: a rate can not see a counter begin with its first event."""


def _end(outcome: Outcome) -> str:
    """Return how an attempt ended; of one that succeeded, that another took over since is no news."""
    return str(Reason.SERVING if outcome.reason == Reason.SERVED else outcome.reason)


class Endings:
    """So many attempts of each resource have ended so since this process looked at it first."""

    def __init__(self) -> None:
        self._seen: dict[Key, _Seen] = {}
        self._counts: dict[Key, Counter[str]] = {}

    def note(self, key: Key, outcomes: Iterable[Outcome]) -> None:
        """Count what is on record now and was not at the last look; what a first look finds is history."""
        now = frozenset((each.revision, each.attempt, _end(each)) for each in outcomes)
        counts = self._counts.setdefault(key, Counter(dict.fromkeys(map(str, ALWAYS), 0)))
        counts.update(reason for _, _, reason in now - self._seen.get(key, now))
        self._seen[key] = now

    def forget(self, key: Key) -> None:
        """Forget a resource that is gone."""
        self._seen.pop(key, None)
        self._counts.pop(key, None)

    def __iter__(self) -> Iterator[tuple[Key, str, int]]:
        """Yield every resource with every outcome and how often it came; another thread may ask."""
        for key, counts in self._counts.copy().items():
            for reason, count in counts.copy().items():
                yield key, reason, count
