"""The controller of HorizontalPodAutoscalers, as far as the operator's go: see `tests.fakes.hpa`.

An autoscaler acts every 15 s, and at once when it is new. What it goes by is a scrape or two old.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sluiceway.build.autoscaler import KIND
from sluiceway.build.objects import Object, Ref, ref_of, revision_of
from sluiceway.core.pods import is_ready
from tests.fakes.autoscalers import Autoscalers
from tests.fakes.cluster import FakeCluster
from tests.fakes.hpa import Proposal, Recommendations, limited, propose
from tests.fakes.scaled import ABLE, ACTIVE, BLIND, LIMITED, measured
from tests.simulation.scraping import Scraping, living_pods

DISABLED = BLIND | {
    "reason": "ScalingDisabled",
    "message": "scaling is disabled since the replica count of the target is zero",
}


class Scalers(Autoscalers):
    """The autoscalers of a cluster, no quick ones. `behind` tells how many scrapes late a metric is."""

    def __init__(self, cluster: FakeCluster, scraping: Scraping, now: Callable[[], datetime]) -> None:
        super().__init__(cluster)
        self._scraping = scraping
        self._now = now
        self._known: dict[str, Recommendations] = {}
        self.behind: Callable[[], int] = lambda: 1

    def step(self) -> bool:
        """Let an autoscaler that is new act."""
        new = (each for each in self._all() if each["metadata"]["uid"] not in self._known)
        return any(self._sync(each) for each in new)

    def sync(self) -> None:
        """Let every autoscaler act."""
        for each in self._all():
            self._sync(each)

    def _all(self) -> Sequence[Object]:
        return list(self._cluster.of_kind(KIND).values())

    def _sync(self, scaler: Object) -> bool:
        spec, version = scaler["spec"], self._cluster.version
        known = self._known.setdefault(scaler["metadata"]["uid"], Recommendations())
        target = _target(scaler)
        deployment = self._cluster.objects.get(target)
        if deployment is None:
            return False
        now = wanted = int(deployment["spec"]["replicas"])
        if not known.given:
            known.highest(self._now(), now)
        least, most = spec["minReplicas"], spec["maxReplicas"]
        before = (scaler.get("status") or {}).get("conditions") or [ABLE]
        conditions, measures = [ABLE, *before[1:]], list[Object]()
        if not now:
            conditions = [ABLE, DISABLED]
        elif not least <= now <= most:
            wanted = min(most, max(least, now))
        elif found := self._propose(target.name, now):
            highest = known.highest(self._now(), found.replicas)
            wanted = limited(now, highest, least, most)
            conditions = [ABLE, ACTIVE, *([LIMITED] if highest > most else [])]
            measures = [measured(found.utilization)]
        else:
            conditions = [ABLE, BLIND]
        if wanted != now:
            self._cluster.edit(target, lambda obj: obj["spec"].update(replicas=wanted))
        status = {"currentReplicas": now, "desiredReplicas": wanted, "conditions": conditions}
        self._tell(ref_of(scaler), status | ({"currentMetrics": measures} if measures else {}))
        return self._cluster.version != version

    def _propose(self, revision: str, now: int) -> Proposal | None:
        scrape = self._scraping.seen(self.behind())
        if scrape is None:
            return None
        pods = [pod for pod in living_pods(self._cluster) if revision_of(pod) == revision]
        known = [pod["metadata"]["uid"] for pod in pods if is_ready(pod)]
        used = [found for uid in known if (found := scrape.used.get(uid)) is not None]
        missing = sum(uid not in scrape.used for uid in known)
        target = self._cluster.of_kind(KIND)[revision]["spec"]["metrics"][0]["containerResource"]["target"]
        unready = len(pods) - len(used) - missing
        return propose(now, target["averageUtilization"], used, unready=unready, missing=missing)

    def _tell(self, ref: Ref, status: Object) -> None:
        if self._cluster.objects[ref].get("status") != status:
            self._cluster.edit(ref, lambda obj: obj.update(status=status))


def _target(scaler: Object) -> Ref:
    found = scaler["spec"]["scaleTargetRef"]
    return Ref(found["apiVersion"], found["kind"], scaler["metadata"]["namespace"], found["name"])
