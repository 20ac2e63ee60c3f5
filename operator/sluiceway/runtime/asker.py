"""Providers of metrics, asked beside the reconciles for the cases that need them; at rest nobody is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime

from sluiceway.core.asking import meters, queries
from sluiceway.core.case import Case
from sluiceway.core.plan import Plan
from sluiceway.ports import Signals
from sluiceway.runtime.docket import Docket
from sluiceway.runtime.keys import Key

log = logging.getLogger(__name__)


class Asker:
    """Asks for every case with a provider, each at the interval of its provider."""

    def __init__(self, signals: Signals, docket: Docket, clock: Callable[[], datetime]) -> None:
        """Ask *signals* for the cases of *docket*."""
        self._signals = signals
        self._docket = docket
        self._clock = clock
        self._asked: dict[tuple[Key, Case], asyncio.Task[None] | None] = {}

    def ask(self, key: Key, plan: Plan) -> None:
        """Ask for the cases of the plan for *key* from now on, and for no others of it."""
        wanted = {(key, case) for case in plan.cases if case.provider}
        for one in [one for one in self._asked if one[0] == key and one not in wanted]:
            if task := self._asked.pop(one):
                task.cancel()
        for one in wanted - set(self._asked):
            self._asked[one] = self._begin(*one)

    async def round(self) -> None:
        """Ask for every case once."""
        await asyncio.gather(*(self._look(*one) for one in list(self._asked)))

    async def stop(self) -> None:
        """Ask nobody any more."""
        tasks = [task for task in self._asked.values() if task]
        self._asked.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _begin(self, key: Key, case: Case) -> asyncio.Task[None] | None:
        return asyncio.create_task(self._rounds(key, case))

    async def _look(self, key: Key, case: Case) -> None:
        """Ask once, all at the same moment, and weigh the answers."""
        at = self._clock()
        asked = queries(case, *key)
        answers = await asyncio.gather(*(self._signals.ask(case.provider, query, at) for query in asked))
        found = meters(case, *key, answers)
        self._docket.heard(key, case, found, self._signals.pace(case.provider))

    async def _rounds(self, key: Key, case: Case) -> None:
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + self._signals.pace(case.provider).interval
            try:
                await self._look(key, case)
            except Exception:
                # A mistake in one round must not end the measuring.
                log.exception("%s/%s: provider %s was not asked", *key, case.provider)
            await asyncio.sleep(due - loop.time())
