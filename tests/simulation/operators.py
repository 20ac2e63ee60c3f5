"""A process of the operator."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING

from sluiceway.runtime.inquiries import Inquiries
from sluiceway.runtime.reconciler import Reconciler
from tests.simulation.connection import Connection

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation


class Operator:
    """One process of the operator. It knows nothing of those before it."""

    def __init__(self, simulation: Simulation) -> None:
        self.connection = Connection(simulation)
        self.inquiries = Inquiries(simulation.prober, lambda _key: None)
        self._reconciler = Reconciler(self.connection, self._clock, inquiries=self.inquiries)
        self.work: asyncio.Task[float | None]
        self._simulation = simulation

    async def look(self) -> float | None:
        """Do one pass, and wait for the answers to what it asks."""
        again = await self._reconciler.reconcile(self._simulation.key)
        return 0.0 if await self.inquiries.settle() else again

    def _clock(self) -> datetime:
        self.connection.current.looked = self._simulation.now
        return self._simulation.now
