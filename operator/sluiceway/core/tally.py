"""What the guard of one pod has counted so far, over all the processes that it has had."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from sluiceway.core.counts import Counts
from sluiceway.core.readings import Reading, Unanswered, Updates
from sluiceway.core.standing import Standing
from sluiceway.core.trail import Trail

_CLOCK_SLACK_SECONDS = 2
"""Envoy tells its age in whole seconds, and up to half a second late."""


@dataclass(frozen=True)
class Moment:
    """When a guard was read: `at` for people; the seconds are of a clock that never goes back."""

    at: datetime
    asked: float
    answered: float


@dataclass(frozen=True)
class Tally:
    """The sums of one guard. They never fall, whatever its processes do."""

    before: Counts = field(default_factory=Counts)
    """What the processes before this one had counted when they were read last."""
    reading: Reading | None = None
    """The last answer of this process."""
    standing: Standing = field(default_factory=Standing)
    refused: frozenset[str] = frozenset()
    """Tables of routes that the guard has refused, and goes on without."""
    trail: Trail = field(default_factory=Trail)
    read_at: float = 0.0
    """When this process was read last, by the clock of `Moment`."""

    @property
    def counts(self) -> Counts:
        """What was counted so far."""
        return self.before + self.reading.counts if self.reading else self.before

    @property
    def in_flight(self) -> int:
        """Requests with Triton at the last look; 0 of a guard that does not answer: nobody knows."""
        return 0 if self.reading is None or self.standing.answers is False else sum(self.reading.in_flight)

    def older_than(self, seconds: float) -> int:
        """Return how many of these, at least, had been there for longer: see `core.trail`."""
        return self.trail.older_than(seconds) if self.in_flight else 0

    def took(self, answer: Reading | Unanswered, moment: Moment) -> Self:
        """Return the tally after a look at its guard."""
        if isinstance(answer, Unanswered):
            return replace(self, standing=self.standing.missed(answer.reason, moment.at))
        known = self._renewed() if self.reading and self._is_another(self.reading, answer, moment) else self
        return replace(
            known,
            reading=answer,
            standing=known.standing.answered(),
            refused=_refused(known, answer),
            trail=known.trail.looked(
                answer.begun, answer.in_flight, asked_at=moment.asked, answered_at=moment.answered
            ),
            read_at=moment.answered,
        )

    def gone(self) -> Self:
        """Return what is left when the pod has gone: what it counted, and nothing in flight."""
        return replace(self._renewed(), standing=Standing(), refused=frozenset())

    def _renewed(self) -> Self:
        """Return the tally as the next process of the guard finds it."""
        return replace(self, before=self.counts, reading=None, trail=Trail(), refused=frozenset())

    def _is_another(self, before: Reading, now: Reading, moment: Moment) -> bool:
        """Tell whether an answer comes from another process than the one *before*.

        By its age alone only if the process can have begun since then: the node's clock may be set back.
        """
        begun = zip(before.begun, now.begun, strict=True)
        if before.counts.falls_to(now.counts) or any(later < earlier for earlier, later in begun):
            return True
        between = moment.asked - self.read_at
        began_since = now.uptime <= between + 1
        return began_since and now.uptime + _CLOCK_SLACK_SECONDS < before.uptime + between


def _refused(known: Tally, answer: Reading) -> frozenset[str]:
    """Return the tables whose last change was refused, as far as two answers can tell that."""
    earlier = known.reading.tables if known.reading else {}
    found = set()
    for table, updates in answer.tables.items():
        last = earlier.get(table, Updates())
        if updates.rejected > last.rejected or (table in known.refused and updates.taken == last.taken):
            found.add(table)
    return frozenset(found)
