"""Ports that count how often they are used, and how often in vain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sluiceway.core.meters import Pace
from sluiceway.core.readings import Reading, Unanswered
from sluiceway.core.vectors import NoAnswer, Vector
from sluiceway.ports import Guards, Signals
from sluiceway.runtime.telemetry import Telemetry


@dataclass(frozen=True)
class CountedGuards:
    """`ports.Guards`, counted."""

    guards: Guards
    telemetry: Telemetry

    async def read(self, target: str) -> Reading | Unanswered:
        """Return what the guard at *target* has counted."""
        found = await self.guards.read(target)
        self.telemetry.read(answered=not isinstance(found, Unanswered))
        return found


@dataclass(frozen=True)
class CountedSignals:
    """`ports.Signals`, counted."""

    signals: Signals
    telemetry: Telemetry

    async def ask(self, provider: str, query: str, at: datetime) -> Vector | NoAnswer:
        """Return what *query* finds at a moment."""
        found = await self.signals.ask(provider, query, at)
        self.telemetry.asked(provider, answered=not isinstance(found, NoAnswer))
        return found

    def pace(self, provider: str) -> Pace:
        """Return how a provider is to be read."""
        return self.signals.pace(provider)
