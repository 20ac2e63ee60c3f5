"""Callers of a simulated cluster: guards count how their requests end, well or badly by the image."""

from __future__ import annotations

from collections.abc import Callable

from sluiceway.build.objects import Object, revision_of
from sluiceway.core.counts import Counts
from sluiceway.core.pods import is_ready
from sluiceway.core.readings import Reading, Unanswered
from tests.fakes.guards import DAY
from tests.fakes.world import World

_REQUESTS = 100
"""Between two looks, over all revisions."""


class Callers:
    """`ports.Guards` of a world: `ill` holds images that fail, `failed` is told of revisions that did."""

    def __init__(self, world: World, failed: Callable[[str], object]) -> None:
        self._world = world
        self._failed = failed
        self._counted: dict[str, Counts] = {}
        self.ill: set[str] = set()

    async def read(self, target: str) -> Reading | Unanswered:
        """Return what the guard says; with each look there have been more requests."""
        address = target.rpartition(":")[0]
        pods = self._world.cluster.of_kind("Pod").values()
        pod = next((pod for pod in pods if is_ready(pod) and pod["status"]["podIP"] == address), None)
        if pod is None:
            return Unanswered("connection refused")
        uid = str(pod["metadata"]["uid"])
        self._counted[uid] = self._counted.get(uid, Counts()) + self._news(pod)
        return Reading(self._counted[uid], uptime=DAY)

    def _news(self, pod: Object) -> Counts:
        revision = revision_of(pod)
        weights = self._world.weights or {self._world.reached: 100}
        requests = _REQUESTS * weights.get(revision, 0) // 100
        if not requests or pod["spec"]["containers"][0]["image"] not in self.ill:
            return Counts(http=(0, requests, 0, 0, 0))
        self._failed(revision)
        return Counts(http=(0, 0, 0, 0, requests))
