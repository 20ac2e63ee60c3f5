"""Load and what it makes pods use, as metrics-server finds it every 15 s."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sluiceway.build.objects import Object, revision_of
from sluiceway.core.pods import is_ready
from tests.fakes.cluster import FakeCluster
from tests.fakes.hpa import REQUEST

EVERY = timedelta(seconds=15)
PER_POD = 10
"""Requests per second that keep one pod as busy as autoscalers want it."""
TARGET = 80
"""That is in percent of what a pod requests."""
LOAD = 4 * PER_POD
"""At rest."""
_LONG = timedelta(seconds=120)
"""A sync, two scrapes, 45 s for which an operator trusts neither new shares nor new pods, and more."""
_KEPT = 3


@dataclass(frozen=True)
class Scrape:
    """What every pod used, in thousandths of a processor, by uid; None of one that was not ready."""

    at: datetime
    used: Mapping[str, int | None]


class Scraping:
    """Users send `load` requests per second; *shares* tells whom they reach, in percent by revision.

    A revision shares its requests out evenly over its ready pods, which are as busy as it takes.
    """

    def __init__(self, cluster: FakeCluster, shares: Callable[[], Mapping[str, int]]) -> None:
        self._cluster = cluster
        self._shares = shares
        self._scrapes: list[Scrape] = []
        self._loads = [(datetime.min.replace(tzinfo=UTC), LOAD)]
        self._steady: tuple[object, datetime] | None = None
        self.away = False
        """Whether nobody offers any metrics."""

    @property
    def load(self) -> int:
        """How many requests users send in a second."""
        return self._loads[-1][1]

    def change(self, at: datetime, load: int) -> None:
        """Let users send as many from now on."""
        self._loads.append((at, load))

    def most_load(self, since: datetime) -> int:
        """Return the highest load since a moment."""
        untils = [*(at for at, _ in self._loads[1:]), None]
        return max(
            load for (_, load), until in zip(self._loads, untils, strict=True) if not until or until > since
        )

    def look(self, now: datetime) -> None:
        """Take up how everything is on which it depends what autoscalers measure."""
        ready = Counter(revision_of(pod) for pod in living_pods(self._cluster) if is_ready(pod))
        is_now = (self.load, self.away, dict(self._shares()), ready)
        if self._steady is None or self._steady[0] != is_now:
            self._steady = is_now, now

    def steady_load(self, now: datetime) -> int | None:
        """Return the load when it has been measured as everything is; None before that."""
        steady = self._steady and now - self._steady[1] >= _LONG
        return self.load if steady and not self.away else None

    def scrape(self, at: datetime) -> None:
        """Look at every pod."""
        self._scrapes = [*self._scrapes, Scrape(at, dict(self._used()))][-_KEPT:]

    def seen(self, behind: int) -> Scrape | None:
        """Return what is offered now, so many scrapes *behind* the last one; None when nothing is."""
        return None if self.away or len(self._scrapes) <= behind else self._scrapes[-1 - behind]

    def _used(self) -> Iterator[tuple[str, int | None]]:
        by_revision: dict[str, list[Object]] = {}
        for pod in living_pods(self._cluster):
            by_revision.setdefault(revision_of(pod), []).append(pod)
        shares = self._shares()
        for revision, pods in by_revision.items():
            ready = sum(map(is_ready, pods))
            all_of_them = self.load * shares.get(revision, 0) * TARGET * REQUEST // (PER_POD * 100 * 100)
            for pod in pods:
                yield pod["metadata"]["uid"], all_of_them // ready if is_ready(pod) else None


def living_pods(cluster: FakeCluster) -> Iterator[Object]:
    """Yield the pods that are not being deleted."""
    for pod in cluster.of_kind("Pod").values():
        if "deletionTimestamp" not in pod["metadata"]:
            yield pod


def boundaries(after: datetime, until: datetime) -> Iterator[datetime]:
    """Yield the moments of scrapes in a stretch of time; of a long one the last ones: no others are kept."""
    first = max(after, until - (_KEPT + 1) * EVERY)
    at = first - timedelta(seconds=first.timestamp() % EVERY.total_seconds()) + EVERY
    while at <= until:
        yield at
        at += EVERY
