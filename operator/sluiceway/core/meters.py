"""From the counters of a provider of metrics to one sample of a judgement.

Counters are compared from one look to the next, as those of the guards are: no window of time holds what
happened to an earlier revision, and no request is counted twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sluiceway.core.case import Case
from sluiceway.core.judgement import Judgement
from sluiceway.core.objectives import Share


@dataclass(frozen=True)
class Meter:
    """The counters of one objective of one revision as they stand, by series."""

    total: Mapping[str, float] = field(default_factory=dict)
    bad: Mapping[str, float] = field(default_factory=dict)
    absent: str = ""
    """Why there are no counters yet, where that may mean that nothing has happened so far; else ""."""
    summed: bool = False
    """Whether one number stands for many series. When it falls, one of these has begun anew or has gone, and
    nobody knows what the others have counted meanwhile."""
    sources: Mapping[str, str] = field(default_factory=dict)
    """Who counts each series, such as a pod of the gateway; who is not listed counts by itself."""
    read: frozenset[str] = frozenset()
    """The sources that were read, whether they have counted anything or not."""

    @property
    def there(self) -> frozenset[str]:
        """Who was read, in any way."""
        return frozenset({*self.read, *self.total})

    def source(self, key: str) -> str:
        """Return who counts a series."""
        return self.sources.get(key, key)


Meters = Mapping[str, tuple[Meter, ...]]
"""By revision, one for each objective."""

_MISSED = 3
_STRAGGLERS = timedelta(seconds=5)
"""Requests that were under way when a revision lost its share end, and Envoy adds up its histograms."""


@dataclass(frozen=True)
class Pace:
    """How a provider of metrics is read, in seconds."""

    interval: float = 1.0
    """From one question to the next."""
    lag: float = 0.0
    """Until what has happened is surely in its answers: for a Prometheus, from one scrape to the next."""

    @property
    def longest_gap(self) -> float:
        """After so long without an answer, the time between was not measured."""
        return _MISSED * self.interval


def metered(
    judgement: Judgement,
    meters: Meters,
    case: Case,
    now: datetime,
    pace: Pace,
) -> Judgement:
    """Return the judgement after a look at the *meters*.

    Until all of an earlier attempt must be in the counters, what is new in them may be of that attempt:
    nothing is measured then. Only the one beside is counted, so that a comparison can begin at once.
    """
    nothing = (Meter(),) * len(case.objectives)
    found = {
        name: [
            _since(judgement.counters.get(name), f"{index}", meter, tried_before=_tried_before(case))
            for index, meter in enumerate(meters.get(name, nothing))
        ]
        for name in case.measured
    }
    mine = found[case.revision]
    theirs = found[case.beside] if case.compared else (None,) * len(mine)
    counters = {
        name: {
            **judgement.counters.get(name, {}),
            **_flat(meters.get(name, nothing), sources=_tried_before(case)),
        }
        for name in case.measured
    }
    if case.tried_until and now < case.tried_until + timedelta(seconds=pace.lag) + _STRAGGLERS:
        before = judgement.sampled((Share(),) * len(mine), theirs, case, now)
        return replace(judgement, trials=before.trials, counters=counters)
    sampled = judgement.sampled(mine, theirs, case, now, longest_gap=pace.longest_gap)
    return replace(sampled, counters=counters)


def _tried_before(case: Case) -> bool:
    """Tell whether counters may hold what was before this judgement began."""
    return case.attempt > 1 or bool(case.after_return_of)


def _since(earlier: Mapping[str, float] | None, prefix: str, meter: Meter, *, tried_before: bool) -> Share:
    """Return what came since the last look; nothing at the first one, which only marks.

    A series that falls began anew, one that was not there began since then: both count from 0, as
    `rate()` of Prometheus has it for the former. But where a revision was tried before, a series of somebody
    who was never read until now may be as old as that attempt: it is only marked.
    """
    if earlier is None:
        return Share()
    strange = {
        key
        for key in {*meter.total, *meter.bad}
        if tried_before and f"{prefix}/read/{meter.source(key)}" not in earlier
    }
    sums = []
    # A series that began anew has done so with its bad ones, be these more than before or not.
    fallen: set[str] = set()
    for kind, values in (("total", meter.total), ("bad", meter.bad)):
        known = {
            key: earlier.get(f"{prefix}/{kind}/{key}", value if key in strange else 0.0)
            for key, value in values.items()
        }
        fallen |= {key for key, value in values.items() if value < known[key]}
        if fallen and meter.summed:
            return Share()
        sums.append(sum(value if key in fallen else value - known[key] for key, value in values.items()))
    requests = round(sums[0])
    return Share(requests, min(requests, round(sums[1])))


def _flat(meters: tuple[Meter, ...], *, sources: bool) -> dict[str, float]:
    return {
        f"{index}/{kind}/{key}": value
        for index, meter in enumerate(meters)
        for kind, values in (
            ("total", meter.total),
            ("bad", meter.bad),
            ("read", dict.fromkeys(meter.there if sources else (), 0.0)),
        )
        for key, value in values.items()
    }
