"""Providers that are played on a clock that jumps, and all that asks them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from sluiceway.core.case import Case
from sluiceway.core.meters import Pace
from sluiceway.core.plan import Plan
from sluiceway.core.vectors import NoAnswer, Vector
from sluiceway.runtime.asker import Asker
from sluiceway.runtime.docket import Docket
from sluiceway.runtime.keys import Key
from tests.fakes.loop import stories
from tests.fakes.providers import FakeSignals, Said
from tests.unit.core.cases import case

KEY, OTHER = ("models", "fraud"), ("models", "spam")
START = datetime(2026, 7, 30, 3, tzinfo=UTC)


def custom(name: str, provider: str, *, step: int = 1) -> Case:
    """Return a case of `new` alone, with two queries."""
    query = {
        "provider": provider,
        "total": f"{name}:all:{{{{revision}}}}",
        "bad": f"{name}:bad:{{{{revision}}}}",
    }
    objective = {"name": name, "type": "Custom", "targetPercent": "99", "query": query}
    judged = case(objective, compared=False, callerErrors="Disabled")
    return replace(judged, source=f"objective {name}", provider=provider, step=step)


HITS, BYTES = custom("hits", "prometheus"), custom("bytes", "warehouse")


@dataclass
class Providers(FakeSignals):
    """Providers that count a hundred events a second, and take their time."""

    intervals: dict[str, float] = field(default_factory=dict)
    takes: float = 0.0
    hanging: set[str] = field(default_factory=set)
    mistaken: bool = False
    asking: int = 0
    most: int = 0

    def __post_init__(self) -> None:
        self.told = self._say

    async def ask(self, provider: str, query: str, at: datetime) -> Vector | NoAnswer:
        self.asking += 1
        self.most = max(self.most, self.asking)
        try:
            await asyncio.sleep(1e6 if provider in self.hanging else self.takes)
        finally:
            self.asking -= 1
        return await super().ask(provider, query, at)

    def pace(self, provider: str) -> Pace:
        return Pace(self.intervals.get(provider, 1.0))

    def _say(self, provider: str, query: str) -> Said:
        if self.mistaken:
            raise ZeroDivisionError
        count = round(100 * asyncio.get_running_loop().time())
        return {(("name", query),): 0.0 if ":bad:" in query else count}


class Bench:
    """All that asks, whom it woke, and the loop's own clock."""

    def __init__(self) -> None:
        self.signals = Providers()
        self.woken: list[Key] = []
        self.docket = Docket(self.woken.append, self._clock)
        self.asker = Asker(self.signals, self.docket, self._clock)

    def plan(self, *cases: Case, key: Key = KEY) -> None:
        """Follow a plan with these cases, as a reconcile does."""
        plan = Plan(cases=cases)
        self.docket.judge(key, plan)
        self.asker.ask(key, plan)

    def asked(self, case: Case) -> list[float]:
        """Return for which moments the two counters of a case were asked for, in seconds since the start."""
        moments: dict[str, list[float]] = {"all": [], "bad": []}
        for provider, query, at in self.signals.asked:
            name, which, _ = query.split(":")
            if case.source == f"objective {name}":
                assert provider == case.provider
                moments[which].append((at - START).total_seconds())
        assert moments["all"] == moments["bad"], "both are of the same moment"
        return moments["all"]

    def seen(self, case: Case) -> int:
        judged = self.docket.judged(KEY)
        assert judged
        return judged.live[case.source].trials[0].seen.requests

    async def stop(self) -> None:
        """Leave nothing behind."""
        await self.asker.stop()

    def _clock(self) -> datetime:
        return START + timedelta(seconds=asyncio.get_running_loop().time())


story = stories(Bench)
