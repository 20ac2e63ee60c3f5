"""What is known of the requests to one revision: sums over its guards, those of pods that went included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from sluiceway.core.counts import Counts
from sluiceway.core.readings import Reading, Unanswered
from sluiceway.core.tally import Moment, Tally

MOST_GONE = 64
"""So many pods that went are remembered one by one, should they come back; of others only the sum."""


@dataclass(frozen=True)
class Restarts:
    """How often the containers of a pod were started again."""

    triton: int = 0
    guard: int = 0


@dataclass(frozen=True)
class Scrape:
    """One guard to read; `target` is `address:port` of its own port."""

    pod: str
    uid: str
    target: str
    restarts: Restarts = Restarts()


@dataclass(frozen=True)
class Silence:
    """A guard that does not answer."""

    pod: str
    since: datetime
    reason: str


@dataclass(frozen=True)
class _Pod:
    name: str
    tally: Tally = field(default_factory=Tally)
    restarts: Restarts = Restarts()
    here: bool = True


@dataclass(frozen=True)
class Evidence:
    """The sums of one revision since it came under judgement; none of them ever falls.

    They begin with what its guards had counted by then: who compares two moments subtracts.
    """

    _pods: Mapping[str, _Pod] = field(default_factory=dict)
    _past: _Pod = _Pod("", here=False)

    @property
    def counts(self) -> Counts:
        """Answers and latencies, over all pods."""
        return sum((pod.tally.counts for pod in self._all), start=Counts())

    @property
    def restarts(self) -> Restarts:
        """Containers that were started again, over all pods."""
        triton = sum(pod.restarts.triton for pod in self._all)
        return Restarts(triton, sum(pod.restarts.guard for pod in self._all))

    @property
    def in_flight(self) -> int:
        """Requests with Triton now, in pods whose guards answer. This may fall."""
        return sum(pod.tally.in_flight for pod in self._here)

    def older_than(self, seconds: float) -> int:
        """Return how many of these, at least, have been in flight for longer: see `core.trail`."""
        return sum(pod.tally.older_than(seconds) for pod in self._here)

    @property
    def answering(self) -> int:
        """How many guards answer."""
        return sum(pod.tally.standing.answers is True for pod in self._here)

    @property
    def unknown(self) -> int:
        """Of how many guards nothing is known yet, neither that they answer nor that they do not."""
        return sum(pod.tally.standing.answers is None for pod in self._here)

    @property
    def silent(self) -> tuple[Silence, ...]:
        """The guards that do not, by name of their pod."""
        found = ((pod.name, pod.tally.standing) for pod in self._here)
        return tuple(
            sorted(
                (Silence(name, each.since, each.reason) for name, each in found if each.since),
                key=lambda silence: silence.pod,
            )
        )

    @property
    def refused(self) -> tuple[tuple[str, str], ...]:
        """Pods whose guard refuses a table of routes, each with the table."""
        return tuple(sorted((pod.name, table) for pod in self._here for table in pod.tally.refused))

    @property
    def tallies(self) -> Mapping[str, Tally]:
        """What each guard has counted, by UID of its pod; those of pods that have gone included."""
        return {uid: pod.tally for uid, pod in self._pods.items()}

    def watching(self, scrapes: Iterable[Scrape]) -> Self:
        """Return the evidence of a revision that has these pods and no others now."""
        wanted = {scrape.uid: scrape for scrape in scrapes}
        pods = {uid: pod if uid in wanted else _gone(pod) for uid, pod in self._pods.items()}
        for uid, scrape in wanted.items():
            known = pods.get(uid, _Pod(scrape.pod))
            pods[uid] = replace(known, here=True, restarts=_most(known.restarts, scrape.restarts))
        past, left = self._past, [uid for uid, pod in pods.items() if not pod.here]
        for uid in left[: max(0, len(left) - MOST_GONE)]:
            past = _joined(past, pods.pop(uid))
        return replace(self, _pods=pods, _past=past)

    def took(self, uid: str, answer: Reading | Unanswered, moment: Moment) -> Self:
        """Return the evidence after a look at the guard of a pod; nothing new of one that has gone."""
        pod = self._pods.get(uid)
        if pod is None or not pod.here:
            return self
        return replace(self, _pods={**self._pods, uid: replace(pod, tally=pod.tally.took(answer, moment))})

    @property
    def _here(self) -> list[_Pod]:
        return [pod for pod in self._pods.values() if pod.here]

    @property
    def _all(self) -> list[_Pod]:
        return [self._past, *self._pods.values()]


def _gone(pod: _Pod) -> _Pod:
    return replace(pod, tally=pod.tally.gone(), here=False) if pod.here else pod


def _most(known: Restarts, told: Restarts) -> Restarts:
    return Restarts(max(known.triton, told.triton), max(known.guard, told.guard))


def _joined(past: _Pod, pod: _Pod) -> _Pod:
    tally = Tally(before=past.tally.counts + pod.tally.counts)
    restarts = Restarts(past.restarts.triton + pod.restarts.triton, past.restarts.guard + pod.restarts.guard)
    return replace(past, tally=tally, restarts=restarts)
