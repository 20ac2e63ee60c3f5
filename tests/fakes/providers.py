"""Providers of metrics without a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sluiceway.core.meters import Pace
from sluiceway.core.vectors import NoAnswer, Series, Vector, vector

Said = Mapping[Series, float]


@dataclass
class FakeSignals:
    """`ports.Signals`. Without anything `told`, a provider is away."""

    told: Callable[[str, str], Said | NoAnswer] = lambda _provider, _query: NoAnswer("connection refused")
    asked: list[tuple[str, str, datetime]] = field(default_factory=list)
    seconds: float = 1.0
    lag: float = 0.0

    async def ask(self, provider: str, query: str, at: datetime) -> Vector | NoAnswer:
        """Return what is told of the query, by series."""
        self.asked.append((provider, query, at))
        found = self.told(provider, query)
        if isinstance(found, NoAnswer):
            return found
        return vector((dict(series), value) for series, value in found.items())

    def pace(self, _provider: str) -> Pace:
        """Return how a provider is read."""
        return Pace(self.seconds, self.lag)
