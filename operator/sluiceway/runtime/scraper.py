"""The guards of revisions under judgement, read beside the reconciles: twice a second, and nobody at rest."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from sluiceway.core.evidence import Evidence, Scrape
from sluiceway.core.tally import Moment
from sluiceway.ports import Guards
from sluiceway.runtime.keys import Key

log = logging.getLogger(__name__)

INTERVAL_SECONDS = 0.5
MOST_AT_ONCE = 64
"""Guards that are read at the same time; with more of them that do not answer, a round takes longer."""


class Scraper:
    """Evidence by resource and revision, for as long as the plan of the resource asks for it.

    Nothing here must survive: a guard goes on counting, whoever reads it.
    """

    def __init__(
        self, guards: Guards, on_change: Callable[[Key], None], clock: Callable[[], datetime]
    ) -> None:
        """Read *guards*; tell *on_change* of a key whose status may have something new to say."""
        self._guards = guards
        self._on_change = on_change
        self._clock = clock
        self._scrapes: dict[Key, dict[str, tuple[Scrape, ...]]] = {}
        self._evidence: dict[Key, dict[str, Evidence]] = {}
        self._task: asyncio.Task[None] | None = None

    def watch(self, key: Key, scrapes: Mapping[str, Iterable[Scrape]]) -> None:
        """Read these guards by revision for *key* from now on, and no others; without any, forget the key."""
        known = self._evidence.pop(key, {})
        self._scrapes.pop(key, None)
        if scrapes:
            self._scrapes[key] = {revision: tuple(pods) for revision, pods in scrapes.items()}
            self._evidence[key] = {
                revision: known.get(revision, Evidence()).watching(pods)
                for revision, pods in self._scrapes[key].items()
            }
        self._run_or_rest()

    def evidence(self, key: Key) -> Mapping[str, Evidence]:
        """Return what is known for *key* now, by revision."""
        return dict(self._evidence.get(key, {}))

    async def round(self) -> None:
        """Read every guard once."""
        turns = asyncio.Semaphore(MOST_AT_ONCE)
        before = {key: self._told(key) for key in self._scrapes}
        await asyncio.gather(
            *(
                self._read(key, revision, scrape, turns)
                for key, of_key in self._scrapes.items()
                for revision, pods in of_key.items()
                for scrape in pods
            )
        )
        for key, told in before.items():
            if key in self._scrapes and self._told(key) != told:
                self._on_change(key)

    async def stop(self) -> None:
        """Read nobody any more."""
        self._scrapes.clear()
        self._evidence.clear()
        if task := self._run_or_rest():
            await asyncio.gather(task, return_exceptions=True)

    def _run_or_rest(self) -> asyncio.Task[None] | None:
        """Have a task while there is somebody to read, and none otherwise; return the one that ends."""
        if self._scrapes:
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
            except Exception:
                # A mistake in one round must not end the measuring of all.
                log.exception("guards were not read")
            await asyncio.sleep(due - loop.time())

    async def _read(self, key: Key, revision: str, scrape: Scrape, turns: asyncio.Semaphore) -> None:
        loop = asyncio.get_running_loop()
        async with turns:
            asked = loop.time()
            answer = await self._guards.read(scrape.target)
            moment = Moment(self._clock(), asked, loop.time())
        of_key = self._evidence.get(key, {})
        # The plan may have changed meanwhile.
        if known := of_key.get(revision):
            of_key[revision] = known.took(scrape.uid, answer, moment)

    def _told(self, key: Key) -> object:
        """Return what the status tells of the guards of *key*."""
        return [(each.answering, each.silent, each.refused) for each in self._evidence[key].values()]
