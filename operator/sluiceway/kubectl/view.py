"""What is shown of one ModelDeployment: plain values, made from one look at the cluster and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sluiceway.api.live import ObjectiveFigures


class Role(StrEnum):
    """What a revision is at the moment."""

    STABLE = "stable"  # it serves
    CANDIDATE = "candidate"  # it is being tried, or is about to be
    PREVIOUS = "previous"  # it served before, and is still warm
    LEAVING = "leaving"  # it lost its share a moment ago; its pods are about to go
    REFUSED = "refused"  # the spec asks for it, and it is not tried again


@dataclass(frozen=True)
class Pod:
    """One pod of a revision."""

    name: str
    ready: bool
    state: str
    """`Ready`, `Terminating`, how far it is, or a reason such as LoadFailed."""
    restarts: int = 0
    message: str = ""
    """Why it is not ready, when that is known."""


@dataclass(frozen=True)
class Revision:
    """One revision that has pods, requests, or a place in the spec."""

    name: str
    number: int
    role: Role
    weight: int
    """Percent of the requests that callers are led to it with."""
    image: str
    model: str
    attempt: int = 0
    """Which attempt this is; 0 when it is not being tried."""
    pods: tuple[Pod, ...] = ()
    requests: int | None = None
    """Requests since the case began; None while nobody counts, or nobody could be asked."""
    bad: int | None = None
    objectives: tuple[ObjectiveFigures, ...] = ()

    @property
    def ready(self) -> int:
        """How many pods answer."""
        return sum(pod.ready for pod in self.pods)


@dataclass(frozen=True)
class Condition:
    """One condition of the status."""

    type: str
    status: str
    reason: str
    message: str


@dataclass(frozen=True)
class Step:
    """Where a rollout is."""

    at: int
    """How many steps the candidate has come to; 0 before its first share."""
    of: int
    weights: tuple[int, ...]
    """The share of every step, in percent."""
    elapsed: int = 0
    """Seconds that the step has lasted, without those in which its clock stood still."""
    seconds: int = 0
    """Seconds that it lasts at least."""
    gate: bool = False
    paused: bool = False


@dataclass(frozen=True)
class Advice:
    """What a person may type now, and what it is good for."""

    command: str
    reason: str


@dataclass(frozen=True)
class View:
    """Everything that `status` and `watch` show."""

    namespace: str
    name: str
    conditions: tuple[Condition, ...]
    revisions: tuple[Revision, ...]
    step: Step | None = None
    """None without a candidate, or when it takes over by one switch."""
    up_to_date: bool = True
    """Whether the status speaks of the spec as it is now."""
    next_steps: tuple[Advice, ...] = ()
    notes: tuple[str, ...] = ()
    """What could not be seen, and why."""

    def condition(self, kind: str) -> Condition | None:
        """Return a condition by its type."""
        return next((each for each in self.conditions if each.type == kind), None)

    @property
    def settled(self) -> bool:
        """Whether the revision that the spec asks for serves, and the status is of this spec."""
        return self.up_to_date and self._is("Ready", "True")

    @property
    def failed(self) -> bool:
        """Whether the way is blocked and needs a person."""
        return self.up_to_date and self._is("Stalled", "True")

    def _is(self, kind: str, status: str) -> bool:
        found = self.condition(kind)
        return found is not None and found.status == status
