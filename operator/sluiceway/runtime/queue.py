"""A work queue of keys with client-go's semantics: no key twice in the queue, none twice at work.

A key that is added while it is at work is queued again when that is done, so no change is missed and
no two reconciles of one resource ever overlap.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

FIRST_DELAY_SECONDS = 0.2
LONGEST_DELAY_SECONDS = 30.0
LONGEST_OUTAGE_DELAY_SECONDS = 5.0
"""For what waits for others to come back: nobody should wait long for what could be done again."""

SOON_SECONDS = 0.05


class WorkQueue(Generic[K]):
    """Keys waiting for work. Not safe across threads: use it on one event loop."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the age of what waits by *clock*, in seconds."""
        self._clock = clock
        self._since: dict[K, float] = {}
        self._ready: deque[K] = deque()
        self._dirty: set[K] = set()
        self._at_work: set[K] = set()
        self._timers: dict[K, asyncio.TimerHandle] = {}
        self._soon: dict[K, asyncio.TimerHandle] = {}
        self._failures: dict[K, int] = {}
        self._wake = asyncio.Event()

    def __len__(self) -> int:
        """Return how many keys wait; those that wait for a moment in the future do not count."""
        return len(self._ready)

    @property
    def oldest_seconds(self) -> float:
        """For how long the first of those that wait has waited; 0 when nobody does. Any thread may ask."""
        since = self._since.copy()
        return self._clock() - min(since.values()) if since else 0.0

    def add(self, key: K) -> None:
        """Queue *key*, unless it waits already."""
        if key in self._dirty:
            return
        self._dirty.add(key)
        if key not in self._at_work:
            self._wait(key)

    def add_soon(self, key: K) -> None:
        """Queue *key* in a moment; further calls until then, or until it is taken to work, change nothing.

        A rollout of pods comes as a burst of events, and one look sees what all of them are about.
        """
        if key not in self._dirty and key not in self._soon:
            self._soon[key] = asyncio.get_running_loop().call_later(SOON_SECONDS, self._come, key)

    def add_after(self, key: K, seconds: float) -> None:
        """Queue *key* after a while; a later call replaces an earlier one."""
        self._cancel(key)
        self._timers[key] = asyncio.get_running_loop().call_later(seconds, self._due, key)

    def retry(self, key: K, longest: float = LONGEST_DELAY_SECONDS) -> float:
        """Queue *key* after a failure: exponentially later each time, with jitter. Return the delay.

        Args:
            key: that failed.
            longest: seconds beyond which the delay does not grow.
        """
        failures = self._failures[key] = self._failures.get(key, 0) + 1
        ceiling = min(longest, FIRST_DELAY_SECONDS * 2.0 ** min(failures - 1, 16))
        delay: float = ceiling * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, guards nothing
        self.add_after(key, delay)
        return delay

    def forget(self, key: K) -> None:
        """Drop what is known of *key*'s failures and of its next time: it succeeded, or it is gone."""
        self._failures.pop(key, None)
        self._cancel(key)

    async def get(self) -> K:
        """Wait for a key and take it to work; `done` must follow."""
        while not self._ready:
            self._wake.clear()
            await self._wake.wait()
        key = self._ready.popleft()
        self._since.pop(key, None)
        # What was heard until now is seen by the look that follows.
        self._forget_soon(key)
        self._dirty.discard(key)
        self._at_work.add(key)
        return key

    def done(self, key: K) -> None:
        """End the work on *key*; it is queued at once when it was added meanwhile."""
        self._at_work.discard(key)
        if key in self._dirty:
            self._wait(key)

    def _wait(self, key: K) -> None:
        self._ready.append(key)
        self._since[key] = self._clock()
        self._wake.set()

    def _come(self, key: K) -> None:
        self._forget_soon(key)
        self.add(key)

    def _forget_soon(self, key: K) -> None:
        if timer := self._soon.pop(key, None):
            timer.cancel()

    def _due(self, key: K) -> None:
        self._timers.pop(key, None)
        self.add(key)

    def _cancel(self, key: K) -> None:
        if timer := self._timers.pop(key, None):
            timer.cancel()
