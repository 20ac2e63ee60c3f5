"""What one look at the cluster found: all that `decide` knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sluiceway.api.resource import ModelDeployment
from sluiceway.build.guard.container import DEFAULTS, GuardSettings
from sluiceway.build.objects import Object, Ref, ref_of, revision_of
from sluiceway.core.evidence import Evidence
from sluiceway.core.ownership import Holder, holder
from sluiceway.core.proceedings import Judged
from sluiceway.core.room import Surroundings
from sluiceway.core.verification import Answers


@dataclass(frozen=True)
class Observed:
    """One snapshot of a ModelDeployment and of what it owns or needs.

    `objects` holds what carries the resource's label, and whatever stands under a name that the
    resource would use. `gateways` holds the Gateways that its parentRefs name: None for one that is
    not there; absent when the operator may not look. `slices` are the EndpointSlices of its Services: whom
    gateways and kube-proxy know. `claim` is the model's PersistentVolumeClaim, looked
    at only while pods are not ready. `answers` are what pods of a revision said when
    they were asked, by revision. `evidence` is what the guards of a revision have counted since it came
    under judgement, by revision; empty while no guard was asked. `rejections` tells which writes of the plan
    the API server refused for good, and why.
    """

    resource: ModelDeployment
    now: datetime
    objects: Mapping[Ref, Object]
    pods: tuple[Object, ...] = ()
    slices: tuple[Object, ...] = ()
    claim: Object | None = None
    gateways: Mapping[tuple[str, str], Object | None] = field(default_factory=dict)
    other_routes: tuple[Object, ...] = ()
    gateway_api: bool = True
    keda: bool = True
    """Whether the cluster knows ScaledObjects."""
    answers: Mapping[str, Answers] = field(default_factory=dict)
    evidence: Mapping[str, Evidence] = field(default_factory=dict)
    begun: datetime | None = None
    """When the look began: what it found is no older. None where that is `now`."""
    judged: Judged | None = None
    """What is known of who is on trial; None while nothing is."""
    rejections: Mapping[Ref, str] = field(default_factory=dict)
    around: Surroundings | None = None
    """What pods that wait for GPUs have to share; None when that was not looked at."""
    guard: GuardSettings = DEFAULTS
    """What the operator's configuration says of guards; not of the cluster, yet part of what is rendered."""

    def of_kind(self, kind: str) -> list[Object]:
        """Return the objects of one kind that are this resource's, orphans of it included, by name."""
        found = sorted(ref for ref in self.objects if ref.kind == kind)
        return [self.objects[ref] for ref in found if self._ours(ref)]

    def existing(self, intended: Object) -> Object | None:
        """Return what stands where *intended* would be written."""
        return self.objects.get(ref_of(intended))

    def pods_of(self, revision: str) -> list[Object]:
        """Return the pods of a revision that are not being deleted."""
        return [
            pod
            for pod in self.pods
            if revision_of(pod) == revision and not pod["metadata"].get("deletionTimestamp")
        ]

    def _ours(self, ref: Ref) -> bool:
        return holder(self.resource, self.objects[ref]) is not Holder.SOMEBODY_ELSE
