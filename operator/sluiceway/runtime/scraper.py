"""The guards of revisions under judgement, read beside the reconciles: twice a second, and nobody at rest.

Where bad requests were seen and no hiccup is tolerated, eight times a second.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sluiceway.core.evidence import Evidence, Scrape
from sluiceway.core.plan import Plan
from sluiceway.core.tally import Moment
from sluiceway.ports import Guards
from sluiceway.runtime.docket import Docket
from sluiceway.runtime.keys import Key

log = logging.getLogger(__name__)

INTERVAL_SECONDS = 0.5
URGENT_SECONDS = 0.125
MOST_AT_ONCE = 64
"""Guards that are read at the same time; with more of them that do not answer, a round takes longer."""


@dataclass(frozen=True)
class _Watched:
    """What is known for one resource."""

    scrapes: Mapping[str, tuple[Scrape, ...]]
    evidence: Mapping[str, Evidence]

    def told(self) -> object:
        """Return what a reconcile would find otherwise than before."""
        return [(each.answering, each.silent, each.refused) for each in self.evidence.values()]


class Scraper:
    """Evidence by resource and revision, for as long as the plan of the resource asks for it."""

    def __init__(
        self,
        guards: Guards,
        docket: Docket,
        on_change: Callable[[Key], None],
        clock: Callable[[], datetime],
    ) -> None:
        """Read *guards* for *docket*; tell *on_change* of a key whose guards begin to answer, or cease to."""
        self._guards = guards
        self._docket = docket
        self._on_change = on_change
        self._clock = clock
        self._watched: dict[Key, _Watched] = {}
        self._task: asyncio.Task[None] | None = None

    def watch(self, key: Key, plan: Plan) -> None:
        """Read the guards that the plan for *key* names, and no others; without any, forget the key."""
        known = self._watched.pop(key, None)
        if plan.scrapes:
            evidence = known.evidence if known else {}
            self._watched[key] = _Watched(
                plan.scrapes,
                {
                    revision: evidence.get(revision, Evidence()).watching(pods)
                    for revision, pods in plan.scrapes.items()
                },
            )
        self._run_or_rest()

    def evidence(self, key: Key) -> Mapping[str, Evidence]:
        """Return what is known for *key* now, by revision."""
        known = self._watched.get(key)
        return known.evidence if known else {}

    async def round(self) -> None:
        """Read every guard once, and weigh what they say."""
        await self._looks(self._watched)

    async def _looks(self, keys: Iterable[Key]) -> None:
        turns = asyncio.Semaphore(MOST_AT_ONCE)
        await asyncio.gather(*(self._look(key, turns) for key in keys))

    async def _look(self, key: Key, turns: asyncio.Semaphore) -> None:
        """Read the guards of *key*, one revision after the other: see `core.judged`."""
        before = self._watched[key]
        for revision, pods in before.scrapes.items():
            await asyncio.gather(*(self._read(key, revision, scrape, turns) for scrape in pods))
        # The plan may have changed meanwhile.
        if now := self._watched.get(key):
            self._docket.looked(key, now.evidence)
            if now.told() != before.told():
                self._on_change(key)

    async def stop(self) -> None:
        """Read nobody any more."""
        self._watched.clear()
        if task := self._run_or_rest():
            await asyncio.gather(task, return_exceptions=True)

    def _run_or_rest(self) -> asyncio.Task[None] | None:
        """Have a task while there is somebody to read, and none otherwise; return the one that ends."""
        if self._watched:
            if self._task is None or self._task.done():
                self._task = asyncio.create_task(self._rounds())
            return None
        task, self._task = self._task, None
        if task:
            task.cancel()
        return task

    async def _rounds(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + INTERVAL_SECONDS
            try:
                await self.round()
                while (soon := loop.time() + URGENT_SECONDS) < due and (keys := self._urgent()):
                    await asyncio.sleep(soon - loop.time())
                    await self._looks(key for key in keys if key in self._watched)
            except Exception:
                # A mistake in one round must not end the measuring of all.
                log.exception("guards were not read")
            await asyncio.sleep(due - loop.time())

    def _urgent(self) -> list[Key]:
        return [key for key in self._watched if self._docket.is_urgent(key)]

    async def _read(self, key: Key, revision: str, scrape: Scrape, turns: asyncio.Semaphore) -> None:
        loop = asyncio.get_running_loop()
        async with turns:
            asked = loop.time()
            answer = await self._guards.read(scrape.target)
            moment = Moment(self._clock(), asked, loop.time())
        if (now := self._watched.get(key)) and (known := now.evidence.get(revision)):
            evidence = {**now.evidence, revision: known.took(scrape.uid, answer, moment)}
            self._watched[key] = replace(now, evidence=evidence)
