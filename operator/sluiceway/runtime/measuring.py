"""All that measures revisions under judgement, beside the reconciles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from sluiceway.core.observed import Observed
from sluiceway.core.plan import Plan
from sluiceway.ports import Guards, Signals
from sluiceway.runtime.asker import Asker
from sluiceway.runtime.docket import Docket
from sluiceway.runtime.keys import Key
from sluiceway.runtime.onsets import Onsets
from sluiceway.runtime.scraper import Scraper


class Measuring:
    """Guards are read and providers of metrics are asked, as plans want it, for what the docket weighs."""

    def __init__(
        self,
        guards: Guards,
        signals: Signals,
        on_change: Callable[[Key], None],
        clock: Callable[[], datetime],
        onsets: Onsets | None = None,
    ) -> None:
        """Tell *on_change* of a key of which there may be something new to say, *onsets* of every look."""
        self.docket = Docket(on_change, clock, onsets)
        self.scraper = Scraper(guards, self.docket, on_change, clock)
        self.asker = Asker(signals, self.docket, clock)

    def follow(self, key: Key, plan: Plan) -> None:
        """Measure what the plan for *key* asks for, and nothing else; an empty one forgets the key."""
        self.docket.judge(key, plan)
        self.scraper.watch(key, plan)
        self.asker.ask(key, plan)

    def seen(self, key: Key, observed: Observed) -> Observed:
        """Return what was observed with what is measured now."""
        return replace(observed, evidence=self.scraper.evidence(key), judged=self.docket.judged(key))

    async def stop(self) -> None:
        """Measure nothing any more."""
        await self.scraper.stop()
        await self.asker.stop()
