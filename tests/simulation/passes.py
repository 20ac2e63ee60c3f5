"""What one pass of an operator saw and wrote, as the API server knows it; the operator is not asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sluiceway.api import names
from sluiceway.api.resource import ModelDeployment
from sluiceway.api.rollout import Step
from sluiceway.build.objects import Object, Ref, label_of, ref_of, revision_of
from sluiceway.core.memory import Memory, recall
from sluiceway.core.ownership import controller_of
from sluiceway.core.plan import Apply, Write
from sluiceway.core.pods import is_ready
from sluiceway.core.state import weights_of
from sluiceway.core.steps import steps
from tests.fakes.objects import NAME
from tests.fakes.routes import selected


@dataclass
class Pass:
    """One pass; `late` when its operator was paused in the middle and another one has taken its place."""

    looked: datetime
    """The time of its look, as the operator was told it."""
    began: datetime | None = None
    """When it was told the time first: nothing that it has read is older."""
    late: bool = False
    refused: bool = False
    resource: Object | None = None
    route: Object | None = None
    service: Object | None = None
    """Route and Service `<name>` as they were read, or as this pass has written them since."""
    before: Memory = field(default_factory=Memory)
    """What the cluster remembered of the rollout when it was read: the numbers that commands have to name."""
    carried: Mapping[str, int] = field(default_factory=dict)
    """Whom the gateway led callers to when the route was read."""
    services: set[str] = field(default_factory=set)
    """Services that were there when they were read."""
    led: str = ""
    """Whom Service `<name>` led callers to when it was read."""
    written: list[Write] = field(default_factory=list)
    status: Object = field(default_factory=dict)
    """The status that it has written."""
    disputed: bool = False
    """Whether an old leader has written something since the look."""
    asked: Mapping[str, int] = field(default_factory=dict)
    """How many pods the Deployment of each revision asked for."""
    measured: set[str] = field(default_factory=set)
    """Revisions whose autoscalers knew what they go by."""
    pods: Sequence[Object] = ()
    """The pods, with those that are ending."""
    _ready: Counter[str] = field(default_factory=Counter)
    _reachable: Counter[str] = field(default_factory=Counter)

    def listed(self, kind: str, found: Sequence[Object], carried: Mapping[str, int]) -> None:
        """Note what a list gave."""
        match kind:
            case "Pod":
                self.pods = found
                living = [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]
                self._ready = Counter(revision_of(pod) for pod in living if is_ready(pod))
            case "Deployment":
                self.asked = {revision_of(each): each["spec"]["replicas"] for each in found}
            case "HorizontalPodAutoscaler":
                said = {revision_of(each): each.get("status") or {} for each in found}
                self.measured = {name for name, status in said.items() if "currentMetrics" in status}
            case "EndpointSlice":
                self._reachable = Counter(
                    label_of(each, "kubernetes.io/service-name")
                    for each in found
                    for endpoint in each["endpoints"]
                    if endpoint["conditions"]["ready"]
                )
            case "HTTPRoute" | "Service":
                if kind == "Service":
                    self.services |= {obj["metadata"]["name"] for obj in found}
                mine = (obj for obj in found if obj["metadata"]["name"] == NAME and self._ours(obj))
                self.follow(kind, next(mine, None))
                self.led = selected(self.service)
                self.before = recall((self.route, self.service), "")
                self.carried = dict(carried)

    def follow(self, kind: str, obj: Object | None) -> None:
        """Note how the route or Service `<name>` is now."""
        if kind == "HTTPRoute":
            self.route = obj
        else:
            self.service = obj

    def answering(self, revision: str) -> int:
        """Return how many pods of a revision were ready, and known to be, when they were looked at."""
        return min(self._ready[revision], self._reachable[revision])

    @cached_property
    def owner(self) -> ModelDeployment:
        """The resource as it was read."""
        return ModelDeployment.parse(self.resource or {})

    @property
    def ref(self) -> Ref:
        """The address of the resource."""
        return ref_of(self.resource or {})

    @property
    def replicas(self) -> int:
        """How many pods were asked for."""
        return self.owner.spec.replicas

    @property
    def image(self) -> str:
        """What distinguishes the revision that was asked for."""
        return self.owner.spec.runtime.image

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps that were asked for."""
        return steps(self.owner.spec, weighted=self.owner.spec.traffic is not None)

    @property
    def windowed(self) -> bool:
        """Whether revisions that served lately may come back without steps; as many as there are images."""
        return self.owner.spec.rollout.rollback_window is not None

    @property
    def weights(self) -> dict[str, int]:
        """The weights of the route, by revision."""
        return weights_of(self.route)

    @property
    def leads(self) -> str:
        """The revision that Service `<name>` leads to now."""
        return selected(self.service)

    @property
    def remembered(self) -> Memory:
        """What is remembered of the rollout now."""
        return recall((self.route, self.service), "")

    def commanded(self, command: str) -> tuple[str, int, int] | None:
        """Return the revision, attempt and step that a command named."""
        return command_of(self.resource, command) if self.resource else None

    @property
    def paused(self) -> bool:
        """Whether it saw a pause of this attempt that nobody has lifted."""
        pause, resume, before = self.commanded("pause"), self.commanded("resume"), self.before
        attempt = (before.candidate, before.attempt)
        if pause is None or pause[:2] != attempt or pause[2] > before.step:
            return False
        return resume is None or resume[:2] != attempt or resume[2] < pause[2]

    @property
    def promoted(self) -> bool:
        """Whether it saw that a person ends the step."""
        before = self.before
        return self.commanded("promote") == (before.candidate, before.attempt, before.step)

    def only_created_services(self) -> bool:
        """Tell whether all writes so far put Services where there were none."""
        return all(
            isinstance(write, Apply) and write.creates and write.ref.kind == "Service"
            for write in self.written
        )

    def _ours(self, obj: Object) -> bool:
        uid = (self.resource or {}).get("metadata", {}).get("uid")
        return bool(controller_of(obj).get("uid") == uid)


def command_of(resource: Object, command: str) -> tuple[str, int, int] | None:
    """Return the revision, attempt and step that a command on *resource* names."""
    text = (resource["metadata"].get("annotations") or {}).get(f"{names.GROUP}/{command}", "")
    parts = text.split("/")
    return (parts[0], int(parts[1]), int(parts[2])) if len(parts) > 2 else None
