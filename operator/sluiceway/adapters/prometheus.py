"""Providers of metrics that speak the Prometheus HTTP API: one number per series in time, or none."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from types import TracebackType
from typing import Self

from sluiceway.adapters.prometheus_queries import Queries
from sluiceway.adapters.provider import Provider
from sluiceway.core.meters import Pace
from sluiceway.core.vectors import NoAnswer, Vector


class PrometheusSignals:
    """`ports.Signals` on the providers that the operator's configuration names. Use it as a context."""

    def __init__(self, providers: Iterable[Provider]) -> None:
        self._queries = {each.name: Queries(each) for each in providers}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for each in self._queries.values():
            each.close()

    async def ask(self, provider: str, query: str, at: datetime) -> Vector | NoAnswer:
        """Return what *query* finds at a moment; every kind of failure is no answer, with the reason."""
        found = self._queries.get(provider)
        return await found.ask(query, at) if found else NoAnswer(self._unknown(provider))

    def pace(self, provider: str) -> Pace:
        """Return how a provider is to be read; any will do for one that nobody knows."""
        found = self._queries.get(provider)
        return Pace(found.provider.interval_seconds, found.provider.scrape_seconds) if found else Pace()

    def _unknown(self, name: str) -> str:
        known = ", ".join(f'"{each}"' for each in self._queries)
        there = f"it has {known}" if known else "it has none: add one to the value `providers` of the chart"
        return f'the operator\'s configuration has no provider "{name}"; {there}'
