"""A process of the operator."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sluiceway.runtime.inquiries import Inquiries
from sluiceway.runtime.reconciler import Reconciler
from tests.fakes.measuring import Stepwise
from tests.simulation.connection import Connection
from tests.simulation.provider import INTERVAL_SECONDS

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation


BETWEEN_LOOKS, LATER = timedelta(seconds=1.5), timedelta(seconds=4.5)
"""Between two looks at the guards, and between two of a stretch in which nothing happens for long."""
_FIRST = timedelta(seconds=15)
BETWEEN_QUESTIONS = timedelta(seconds=INTERVAL_SECONDS)
MOST_CAUGHT_UP = timedelta(seconds=90)


class Operator:
    """One process of the operator. It knows nothing of those before it."""

    def __init__(self, simulation: Simulation) -> None:
        self.connection = Connection(simulation)
        self.inquiries = Inquiries(simulation.prober, lambda _key: None)
        self._looked_at = simulation.now
        self._asked_at = simulation.now - BETWEEN_QUESTIONS
        simulation.provider.asked_by_another()
        self._measuring = Stepwise(
            simulation.callers, simulation.provider, lambda _key: None, lambda: self._looked_at
        )
        self._reconciler = Reconciler(
            self.connection, self._clock, inquiries=self.inquiries, measuring=self._measuring
        )
        self.work: asyncio.Task[float | None]
        self._simulation = simulation

    async def catch_up(self) -> None:
        """Read the guards, if any, as often as there was time for since then, but for long breaks."""
        now = self._simulation.now
        self._looked_at = max(self._looked_at, now - MOST_CAUGHT_UP)
        if self._measuring.idle:
            self._looked_at = now
        began = self._looked_at
        while self._looked_at < now:
            pause = BETWEEN_LOOKS if self._looked_at < began + _FIRST else LATER
            self._looked_at = min(now, self._looked_at + pause)
            await asyncio.sleep(pause.total_seconds())
            await self._measuring.scraper.round()
            if self._looked_at - self._asked_at >= BETWEEN_QUESTIONS:
                self._asked_at = self._looked_at
                await self._measuring.asker.round()

    async def look(self) -> float | None:
        """Do one pass, and wait for the answers to what it asks."""
        again = await self._reconciler.reconcile(self._simulation.key)
        return 0.0 if await self.inquiries.settle() else again

    def _clock(self) -> datetime:
        current, now = self.connection.current, self._simulation.now
        current.looked, current.began = now, current.began or now
        return now
