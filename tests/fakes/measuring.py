"""Measurements that are made when a test says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sluiceway.core.case import Case
from sluiceway.ports import Guards, Signals
from sluiceway.runtime.asker import Asker
from sluiceway.runtime.keys import Key
from sluiceway.runtime.measuring import Measuring
from sluiceway.runtime.onsets import Onsets
from sluiceway.runtime.scraper import Scraper


class StepwiseScraper(Scraper):
    """A scraper that makes a round when a test says so, and has no task of its own."""

    def _run_or_rest(self) -> None:
        return None


class StepwiseAsker(Asker):
    """The same of providers."""

    def _begin(self, _key: Key, _case: Case) -> None:
        return None


class Stepwise(Measuring):
    """All that measures, a round at a time."""

    def __init__(
        self,
        guards: Guards,
        signals: Signals,
        on_change: Callable[[Key], None],
        clock: Callable[[], datetime],
        onsets: Onsets | None = None,
    ) -> None:
        super().__init__(guards, signals, on_change, clock, onsets)
        self.scraper = StepwiseScraper(guards, self.docket, on_change, clock)
        self.asker = StepwiseAsker(signals, self.docket, clock)

    @property
    def idle(self) -> bool:
        """Whether there is nobody to read and nothing to ask."""
        return not self.scraper._watched and not self.asker._asked

    async def round(self) -> None:
        """Read every guard and ask every provider once."""
        await self.scraper.round()
        await self.asker.round()
