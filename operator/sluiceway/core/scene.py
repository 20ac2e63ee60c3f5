"""What there is to show of a resource after a plan: small, so that one can be kept of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sluiceway.api import names
from sluiceway.api.status import Condition, ModelDeploymentStatus
from sluiceway.build.objects import Object
from sluiceway.core.case import Case
from sluiceway.core.memory import Memory, Outcome, annotation
from sluiceway.core.routing import weights
from sluiceway.core.state import State


@dataclass(frozen=True)
class Pods:
    """Pods of one revision that are not being deleted, and how many of them answer."""

    total: int = 0
    ready: int = 0


@dataclass(frozen=True)
class Scene:
    """Who serves, who is tried with which share of the requests, and who is judged."""

    serving: str = ""
    candidate: str = ""
    step: str = ""
    weights: Mapping[str, int] = field(default_factory=dict)
    """In percent, by revision."""
    pods: Mapping[str, Pods] = field(default_factory=dict)
    """By revision, of all that have pods or requests; the one that serves first."""
    cases: tuple[Case, ...] = ()
    conditions: tuple[Condition, ...] = ()
    ended: tuple[Outcome, ...] = ()
    """How attempts ended, as far as it is remembered or on record."""


def scene(state: State, after: Memory, cases: tuple[Case, ...], told: ModelDeploymentStatus) -> Scene:
    """Return what there is to show when *after* is remembered, and the status tells what was *told*."""
    shares = {name: share for name, share in weights(state, after).items() if share or name in after.live}
    shown = dict.fromkeys((*after.live, *shares, *filter(None, (told.candidate,))))
    pods = {name: Pods(len(state.observed.pods_of(name)), state.ready_pods(name)) for name in shown}
    return Scene(
        serving=told.serving or "",
        candidate=told.candidate or "",
        step=told.step or "",
        weights=shares,
        pods=pods,
        cases=cases,
        conditions=told.conditions,
        ended=state.ended,
    )


def remembers(obj: Object) -> bool:
    """Tell whether an object is the one that leads callers and remembers why: see `core.memory`."""
    return bool(annotation(obj, names.ANNOTATION_ROLLOUT))
