"""Requests that are played, sample by sample: independent, in bursts, and through a queue."""

from __future__ import annotations

from math import log
from random import Random
from typing import Protocol

from sluiceway.core.objectives import Share


class Source(Protocol):
    """A revision with users."""

    def sample(self) -> Share:
        """Return what half a second brings."""


class Independent:
    """Requests of which each is bad by itself."""

    def __init__(self, per_sample: float, share: float, chance: Random) -> None:
        """Play so many requests a sample, of which a *share* is bad."""
        self._each, self._share, self._chance = per_sample, share, chance
        self._rest = chance.random()

    def sample(self) -> Share:
        """Return what half a second brings."""
        self._rest += self._each
        requests = int(self._rest)
        self._rest -= requests
        return Share(requests, sum(self._chance.random() < self._share for _ in range(requests)))


class Hiccups:
    """Pods that fail a part of their requests for a second, each by itself, now and then."""

    def __init__(  # noqa: PLR0917 - a model has that many parameters
        self, per_sample: float, pods: int, every: float, fails: float, otherwise: float, chance: Random
    ) -> None:
        """Play *pods* that hiccup every so many seconds on average; otherwise requests are bad seldom."""
        self._pods = [Independent(per_sample / pods, 0.0, chance) for _ in range(pods)]
        self._left = [0.0] * pods
        self._every, self._fails, self._otherwise, self._chance = every, fails, otherwise, chance

    def sample(self) -> Share:
        """Return what half a second brings; a hiccup begins anywhere within it and lasts for a second."""
        found = Share()
        for number, pod in enumerate(self._pods):
            covered = min(0.5, self._left[number])
            self._left[number] -= covered
            if not self._left[number] and self._chance.random() < 0.5 / self._every:
                covered = self._chance.uniform(0.0, 0.5)
                self._left[number] = 1.0 - covered
            requests = pod.sample().requests
            share = self._otherwise + covered / 0.5 * self._fails
            found += Share(requests, sum(self._chance.random() < share for _ in range(requests)))
        return found


class Queue:
    """One server at which requests wait: a slow one makes those behind it slow, so they come in clusters."""

    def __init__(self, rate: float, load: float, slow: float, seconds: float, chance: Random) -> None:
        """Play *rate* requests a second; over a long time a share *slow* of them is slow.

        Arrivals and services are exponential, so times in the system are too: mean service / (1 - load).
        """
        self._rate, self._seconds, self._chance = rate, seconds, chance
        self._service = load / rate
        self._threshold = -log(slow) * self._service / (1 - load)
        # As it is found at any time, not empty.
        self._waits = chance.expovariate((1 - load) / self._service) if chance.random() < load else 0.0
        self._next = chance.expovariate(rate)

    def sample(self) -> Share:
        """Return what half a second brings; a request counts when it comes."""
        requests = slow = 0
        while self._next < self._seconds:
            takes = self._waits + self._chance.expovariate(1 / self._service)
            requests, slow = requests + 1, slow + (takes > self._threshold)
            gap = self._chance.expovariate(self._rate)
            self._waits = max(0.0, takes - gap)
            self._next += gap
        self._next -= self._seconds
        return Share(requests, slow)
