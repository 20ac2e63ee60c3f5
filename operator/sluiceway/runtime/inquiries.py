"""Questions to pods, asked beside the reconciles: a model that answers slowly keeps nobody waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping

from sluiceway.core.verification import Answers, Ask
from sluiceway.ports import Prober
from sluiceway.runtime.keys import Key

RETRY_SECONDS = 2.0
"""Pause before a pod that gave no answer is asked again."""


class Inquiries:
    """Questions that are under way, and answers that nobody has looked at yet.

    Nothing here must survive: what is lost is asked again.
    """

    def __init__(self, prober: Prober, on_answer: Callable[[Key], None]) -> None:
        self._prober = prober
        self._on_answer = on_answer
        self._running: dict[tuple[Key, str], asyncio.Task[None]] = {}
        self._answers: dict[Key, dict[str, Answers]] = {}
        self._silent: set[tuple[Key, str]] = set()

    def ask(self, key: Key, asks: Iterable[Ask]) -> None:
        """Begin to ask what is not being asked already; *key* is told of when there is an answer."""
        for ask in asks:
            if (key, ask.revision) not in self._running:
                task = asyncio.create_task(self._ask(key, ask))
                self._running[key, ask.revision] = task

    def take(self, key: Key) -> Mapping[str, Answers]:
        """Return the answers for *key* by revision, once."""
        return self._answers.pop(key, {})

    async def settle(self) -> int:
        """Wait until everything that is being asked is answered; return how many answers that are."""
        return len(await asyncio.gather(*self._running.values()))

    async def stop(self) -> None:
        """Ask no further."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _ask(self, key: Key, ask: Ask) -> None:
        try:
            if (key, ask.revision) in self._silent:
                await asyncio.sleep(RETRY_SECONDS)
            answers = await self._prober.ask(ask)
            (self._silent.add if answers.error else self._silent.discard)((key, ask.revision))
            self._answers.setdefault(key, {})[ask.revision] = answers
        finally:
            self._running.pop((key, ask.revision), None)
        self._on_answer(key)
