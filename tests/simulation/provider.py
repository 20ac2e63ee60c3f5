"""A provider of metrics: it counts how requests end at the gateway, and events; much may befall it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import Enum, auto
from math import nan

from sluiceway.core.meters import Pace
from sluiceway.core.vectors import NoAnswer, Vector
from tests.fakes.metrics import Metrics
from tests.fakes.providers import Said
from tests.fakes.world import World

_REQUESTS = 100
"""Between two looks, over all revisions."""
INTERVAL_SECONDS = 3.0
_LONGEST_GAP = timedelta(seconds=3 * INTERVAL_SECONDS)
"""Between two looks that are farther apart nothing was measured: three intervals of the provider."""


class Trouble(Enum):
    """What may befall a provider."""

    NONE = auto()
    AWAY = auto()
    SLOW = auto()
    NOT_A_NUMBER = auto()
    EMPTY = auto()
    TWO_SERIES = auto()


class Provider:
    """`ports.Signals` of a world: `ill` holds images whose requests are bad as it has them, guards or not.

    *image* tells what distinguishes a revision; *failed* is told of revisions that failed callers.
    """

    def __init__(self, world: World, image: Callable[[str], str], failed: Callable[[str], object]) -> None:
        self._world = world
        self._image = image
        self._failed = failed
        self._metrics = Metrics(twisted=self._twisted)
        self.asked_at: datetime | None = None
        self._answers: list[datetime] = []
        self._fell = False
        self.trouble = Trouble.NONE
        self.ill: set[str] = set()
        self.bad_looks: dict[str, int] = {}
        """How often in a row an operator could see that all requests of a revision are bad."""

    async def ask(self, provider: str, query: str, at: datetime) -> Vector | NoAnswer:
        """Return what it says; with each look there have been more requests."""
        if self.asked_at is None or at > self.asked_at:
            self.asked_at = at
            self._count()
            if self.trouble is Trouble.NONE:
                self._answers.append(at)
        if self.trouble is Trouble.AWAY:
            return NoAnswer("connection refused")
        if self.trouble is Trouble.SLOW:
            await asyncio.sleep(2)
            return NoAnswer("no answer within 2 s")
        return await self._metrics.ask(provider, query, at)

    def pace(self, _provider: str) -> Pace:
        """Return how it is to be read."""
        return Pace(INTERVAL_SECONDS)

    def begin_anew(self) -> None:
        """Let the counters begin at 0."""
        self._metrics.counted.clear()
        self._fell = True

    def asked_by_another(self) -> None:
        """Take up that another operator asks from now on, which has not seen what this one has."""
        self.bad_looks.clear()

    def measured_since(self, begun: datetime) -> timedelta:
        """Return for how long it has answered since then."""
        looks = zip(self._answers, self._answers[1:], strict=False)
        gaps = (after - before for before, after in looks if after > begun)
        return sum((gap for gap in gaps if gap <= _LONGEST_GAP), start=timedelta())

    def _count(self) -> None:
        weights = self._world.weights or {self._world.reached: 100}
        for revision, weight in weights.items():
            news, ill = _REQUESTS * weight // 100, self._image(revision) in self.ill
            total, bad = self._metrics.counted.get(revision, (0, 0))
            if news:
                self._metrics.counted[revision] = total + news, bad + news * ill
            if news and ill:
                self._failed(revision)
            if not (news and ill):
                self.bad_looks.pop(revision, None)
            elif self.trouble is Trouble.NONE and not self._fell:
                self.bad_looks[revision] = self.bad_looks.get(revision, 0) + 1
        self._fell = self._fell and self.trouble is not Trouble.NONE

    def _twisted(self, query: str, said: Said) -> Said | NoAnswer:
        match self.trouble:
            case Trouble.NOT_A_NUMBER:
                return dict.fromkeys(said, nan)
            case Trouble.EMPTY:
                return {}
            case Trouble.TWO_SERIES:
                return {} if "envoy_cluster" in query else {(("pod", pod),): 1.0 for pod in "ab"}
        return said
