"""What must be remembered of a rollout, and where: on the object that leads the callers.

Where callers are led and why is one object and one write, so that no decision is lost between the two.
That object is the HTTPRoute, or Service `<name>` when there is no route; where pods are bounded, that one
has a copy, written after it. What outlives both, how the
attempts of a revision ended, is copied to its ControllerRevision.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from sluiceway.api import names
from sluiceway.build.objects import Object, canonical
from sluiceway.core.signature import Signature


class _Remembered(BaseModel):
    """Something that is kept as the JSON text of an annotation; what is as it is by default is left out."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    def written(self) -> str:
        """Return the text, the same for the same content."""
        return canonical(self.model_dump(mode="json", exclude_defaults=True))


class Outcome(_Remembered):
    """How an attempt to let a revision take over ended, or that it serves."""

    revision: str
    attempt: int
    reason: str
    """A word of `api.reasons`."""
    message: str = ""
    at: datetime | None = None
    served_from: datetime | None = None
    """When the revision began to serve all requests, in this attempt or in an earlier one."""
    served_until: datetime | None = None
    """When another one took over from it; None while it serves."""
    doubted: bool = False
    """Whether it was refused after it had served last."""


class Memory(_Remembered):
    """What is remembered of one resource's rollouts. Times are in UTC, in whole seconds.

    `stable` serves. `candidate` is being tried for the `attempt`-th time and gets `weight` percent of the
    requests. `step` counts how often its share was raised in this attempt. `previous` served before and
    keeps its pods since `promoted`.
    """

    sequence: int = 0
    """Rises with every change: of two memories the higher one is the later."""
    stable: str = ""
    candidate: str = ""
    attempt: int = 0
    step: int = 0
    weight: int = 0
    shown: bool = False
    """Whether the candidate has its place in the route."""
    since: datetime | None = None
    """When the clock of the step began to run; None while it stands still."""
    spent: int = 0
    """Seconds that the step had lasted when its clock stood still last."""
    previous: str = ""
    promoted: datetime | None = None
    leaving: tuple[str, ...] = ()
    """Revisions that lost their share a moment ago and still have their place in the route and their pods."""
    rest: int = 0
    """Percent of the requests that the last of them still has, while who serves lacks the pods for them."""
    left: datetime | None = None
    """When the last of them lost it."""
    carried: int = 0
    """How many pods carry all requests during a rollout, where an autoscaler owns their number; 0 when
    nobody may have to take over from another revision."""
    calm: datetime | None = None
    """Since when one revision has had all requests again, while that number still counts."""
    excused: tuple[str, ...] = ()
    """Objectives that both broke when the candidate, or the one that serves now, got a larger share."""
    suspect: str = ""
    """A revision that broke an objective after it had taken over, while it is still to be seen whether the
    one that serves again breaks it as well."""
    objective: str = ""
    """That objective."""
    returned: datetime | None = None
    """When the requests went back."""
    outcomes: tuple[Outcome, ...] = ()
    """Ends of attempts that may not have been copied to their ControllerRevisions yet."""

    @property
    def giver(self) -> str:
        """The revision that gives its share back bit by bit, "" without one."""
        return self.leaving[-1] if self.rest else ""

    @property
    def live(self) -> tuple[str, ...]:
        """The revisions that have pods: stable, candidate, previous, leaving, as far as there are any."""
        return tuple(filter(None, (self.stable, self.candidate, self.previous, *self.leaving)))

    def elapsed(self, now: datetime) -> int:
        """Return for how many seconds the step has lasted; while its clock stood still does not count."""
        return self.spent + (int((now - self.since).total_seconds()) if self.since else 0)

    def changed(self, **fields: Any) -> Self:
        """Return the next memory, which differs in *fields*."""
        return self.model_copy(update={"sequence": self.sequence + 1, **fields})


def recall(carriers: Iterable[Object | None], stable: str) -> Memory:
    """Return the latest memory that one of the *carriers* holds; without any, that *stable* serves."""
    found = [memory for memory in map(_read, carriers) if memory is not None]
    return max(found, key=lambda memory: memory.sequence, default=Memory(stable=stable))


def outcome_of(record: Object) -> Outcome | None:
    """Return how the last attempt of a revision ended, as its ControllerRevision tells."""
    try:
        return Outcome.model_validate_json(annotation(record, names.ANNOTATION_OUTCOME))
    except ValidationError:
        return None


def signature_of(record: Object) -> Signature | None:
    """Return the signature of a revision that was asked for it, None of one that was not."""
    try:
        return Signature.from_dict(json.loads(annotation(record, names.ANNOTATION_SIGNATURE)))
    except ValueError:
        return None


def is_verified(record: Object) -> bool:
    """Tell whether a revision has given its golden answers."""
    try:
        return bool(json.loads(annotation(record, names.ANNOTATION_SIGNATURE))["verified"])
    except (ValueError, KeyError, TypeError):
        return False


def signed(signature: Signature, *, verified: bool) -> str:
    """Return what a record says of a revision that was asked."""
    return canonical(signature.to_dict() | {"verified": verified})


def _read(carrier: Object | None) -> Memory | None:
    """Return what *carrier* remembers, None when it does not or when nobody can read it."""
    try:
        return Memory.model_validate_json(annotation(carrier or {"metadata": {}}, names.ANNOTATION_ROLLOUT))
    except ValidationError:
        return None


def annotation(obj: Object, name: str) -> str:
    """Return the text of an annotation, "" without it."""
    return str((obj["metadata"].get("annotations") or {}).get(name, ""))
