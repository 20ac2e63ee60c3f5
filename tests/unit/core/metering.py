"""Counters of a provider of metrics that are played, a look every second: what a judgement is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from sluiceway.core.case import GATEWAY, Case
from sluiceway.core.judgement import Judgement, read, written
from sluiceway.core.meters import Meter, Meters, Pace, metered
from sluiceway.core.objectives import Share
from tests.fakes.objects import NOW
from tests.unit.core.cases import case

PACE = Pace(1.0)
LONGEST_GAP = PACE.longest_gap


def at_the_gateway(*objectives: dict[str, Any], compared: bool = True, **given: Any) -> Case:
    """Return the case of `new` beside `old` that the gateway tells of; callers' errors only when listed."""
    guarded = case(*objectives, compared=compared, **{"callerErrors": "Disabled"} | given)
    return replace(guarded, source=GATEWAY, provider="prometheus")


@dataclass
class Metering:
    """A case, its counters, and the judgement: one look after the other."""

    case: Case = field(default_factory=at_the_gateway)
    now: float = 0.0
    pace: Pace = PACE
    judgement: Judgement = field(init=False)

    def __post_init__(self) -> None:
        self.judgement = Judgement.of(self.case, NOW)

    def look(self, *, seconds: float = 1.0, **found: Meter | tuple[Meter, ...]) -> Share:
        """Look at the meters, by revision, and return what that adds to `new`."""
        each = {name: one if isinstance(one, tuple) else (one,) for name, one in found.items()}
        return self.read(each, seconds)

    def read(self, each: Meters, seconds: float = 1.0) -> Share:
        """Look at the meters of all objectives, by revision; return what that adds for the first one."""
        self.now += seconds
        before, at = self.judgement, NOW + timedelta(seconds=self.now)
        self.judgement = metered(before, each, self.case, at, self.pace)
        return _news(before.trials[0].seen, self.judgement.trials[0].seen)

    def both(self, *, seconds: float = 1.0, **found: Meter) -> tuple[Share, Share]:
        """Look in the same way, and return what is added to `new` and to `old`."""
        before = self.judgement
        mine = self.look(seconds=seconds, **found)
        return mine, _news(before.trials[0].others, self.judgement.trials[0].others)

    def again(self) -> None:
        """Let another operator go on, from what was kept."""
        kept = read(written({self.case.source: self.judgement}))
        at = NOW + timedelta(seconds=self.now)
        self.judgement = Judgement.of(self.case, at, kept[self.case.source])


def counted(total: Mapping[str, float] | float, bad: Mapping[str, float] | float = 0.0) -> Meter:
    """Return the counters by series; numbers stand for a single series."""
    return Meter(
        total if isinstance(total, Mapping) else {"a": total},
        bad if isinstance(bad, Mapping) else {"a": bad},
    )


def _news(before: Share, after: Share) -> Share:
    # Not `Share.since`, which knows nothing below zero.
    return Share(after.requests - before.requests, after.bad - before.bad)
