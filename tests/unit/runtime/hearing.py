"""A docket that hears of one revision what a provider of metrics says, a look every second."""

from __future__ import annotations

from datetime import datetime, timedelta

from sluiceway.core.case import Case
from sluiceway.core.meters import Pace
from sluiceway.core.plan import Plan
from sluiceway.core.proceedings import Judged
from sluiceway.core.vectors import NoAnswer
from sluiceway.core.verdict import Verdict, ruling
from sluiceway.runtime.docket import Docket
from sluiceway.runtime.keys import Key
from tests.fakes.objects import NOW
from tests.unit.core.metering import at_the_gateway, counted

KEY = ("models", "fraud")
CASE = at_the_gateway(compared=False, minRequests=0)
AWAY = NoAnswer("connection refused")
SECOND = timedelta(seconds=1)


class Bench:
    """A docket, its clock, and whom it woke."""

    def __init__(self, *cases: Case) -> None:
        self.woken: list[Key] = []
        self.now = NOW
        self.docket = Docket(self.woken.append, self._clock)
        self.total = self.bad = 0
        self.docket.judge(KEY, Plan(cases=cases or (CASE,)))

    def hears(self, good: int = 0, bad: int = 0, *, case: Case = CASE, looks: int = 1) -> int:
        """Hear of more requests in so many looks, a second apart, and return how often that woke somebody."""
        before = len(self.woken)
        for _ in range(looks):
            self.now += SECOND
            self.total, self.bad = self.total + good + bad, self.bad + bad
            found = {"new": (counted(self.total, self.bad),)}
            self.docket.heard(KEY, case, found, Pace())
        return len(self.woken) - before

    def misses(self, *, case: Case = CASE, looks: int = 1, answer: NoAnswer = AWAY) -> int:
        """Get no answer in so many looks, and return how often that woke somebody."""
        before = len(self.woken)
        for _ in range(looks):
            self.now += SECOND
            self.docket.heard(KEY, case, answer, Pace())
        return len(self.woken) - before

    @property
    def judged(self) -> Judged:
        judged = self.docket.judged(KEY)
        assert judged
        return judged

    def verdict(self) -> Verdict:
        return ruling(self.judged.live, [CASE]).verdict

    def _clock(self) -> datetime:
        return self.now


def measuring() -> Bench:
    """Return a docket that has heard of a healthy revision twice."""
    bench = Bench()
    bench.hears(10, looks=2)
    assert set(bench.woken) == {KEY}
    bench.woken.clear()
    return bench
