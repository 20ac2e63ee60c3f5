"""Users of a world: they send requests by the weights, and guards count how these end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sluiceway.build.objects import revision_of
from sluiceway.core.counts import Counts
from sluiceway.core.readings import Reading, Unanswered
from tests.fakes.guards import DAY, FakeGuards
from tests.fakes.world import World

PER_SAMPLE = 100
"""Requests between two looks, over all revisions: an even share of them to each pod."""

End = Callable[[int], int]
"""Of so many requests, how many end badly."""


def none(_requests: int) -> int:
    """All is well."""
    return 0


def every(number: int) -> End:
    """Every so manieth request fails; at least one as soon as there are any."""
    return lambda requests: -(-requests // number)


@dataclass
class Users(FakeGuards):
    """Guards of which each look finds that more requests were answered."""

    world: World | None = None
    ends: dict[str, End] = field(default_factory=dict)
    """How requests end, by revision; well with others."""
    caller_ends: dict[str, End] = field(default_factory=dict)
    """The same for what is refused as the caller's mistake."""
    sent: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)
    rate: int = PER_SAMPLE
    _counted: dict[str, Counts] = field(default_factory=dict)

    async def read(self, target: str) -> Reading | Unanswered:
        """Return what the guard at *target* says."""
        if target in self.told:
            return await super().read(target)
        self.asked.append(target)
        revision, weight, pods = self._of(target)
        requests = self.rate * weight // (100 * max(1, pods))
        bad = min(requests, self.ends.get(revision, none)(requests))
        refused = min(requests - bad, self.caller_ends.get(revision, none)(requests))
        self.sent[revision] = self.sent.get(revision, 0) + requests
        self.failed[revision] = self.failed.get(revision, 0) + bad
        news = Counts(http=(0, requests - bad - refused, 0, refused, bad))
        self._counted[target] = self._counted.get(target, Counts()) + news
        return Reading(self._counted[target], uptime=DAY)

    def _of(self, target: str) -> tuple[str, int, int]:
        """Return the revision of a guard, its weight, and the number of its pods."""
        assert self.world is not None
        pods = self.world.cluster.of_kind("Pod").values()
        found = next(pod for pod in pods if f"{pod['status'].get('podIP')}:8003" == target)
        revision = revision_of(found)
        beside = sum(revision_of(pod) == revision for pod in pods)
        weights = self.world.weights or {self.world.reached: 100}
        return revision, weights.get(revision, 0), beside


def inhabited(**given: object) -> tuple[World, Users]:
    """Return a world whose guards count the requests of users."""
    users = Users()
    world = World(guards=users, **given)  # type: ignore[arg-type]
    users.world = world
    return world, users


def live(world: World, passes: int, *, until: Callable[[], bool] | None = None) -> bool:
    """Let the world live on, a second or two at a time; return whether what was waited for came true."""
    for _ in range(passes):
        world.reconcile()
        for step in world.controllers.steps.values():
            step()
        if until and until():
            return True
    return until is None
