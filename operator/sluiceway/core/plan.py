"""A plan: what to write, in which order, what to say of it, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sluiceway.api import names
from sluiceway.build.objects import Object, Ref, ref_of
from sluiceway.core.case import Case
from sluiceway.core.evidence import Scrape
from sluiceway.core.scene import Scene
from sluiceway.core.verification import Ask


@dataclass(frozen=True)
class Apply:
    """Server-side apply of a complete object.

    Without an `expected_version` a write always wins over other writers of its fields. With one, the
    API server refuses it (409) when the object changed since it was observed: where traffic goes is
    decided anew then. `creates` is true when nothing was seen under the name: if something stands
    there after all, the write must fail rather than take it over.
    """

    obj: Object
    manager: str = names.MANAGER_OBJECTS
    expected_version: str | None = None
    creates: bool = False

    @property
    def ref(self) -> Ref:
        """The object that is written."""
        return ref_of(self.obj)

    def __str__(self) -> str:
        return f"{'create' if self.creates else 'update'} {self.ref}"


@dataclass(frozen=True)
class Delete:
    """Deletion of exactly the object that was observed."""

    ref: Ref
    uid: str

    def __str__(self) -> str:
        return f"delete {self.ref}"


Write = Apply | Delete


@dataclass(frozen=True)
class Event:
    """Something that happened, for people: written once, on a transition."""

    type: str
    """`Normal` or `Warning`."""
    reason: str
    message: str


@dataclass(frozen=True)
class Plan:
    """The result of one decision.

    `writes` are carried out in their order, the safe one. `status` is the whole status, None when it
    already says this. `look_again_seconds` is set when something is awaited that no watch reports.
    `notes` give the reason of each write in words. `asks` are questions to pods whose answers the next
    look is to bring. `scrapes` are the guards to read until the next plan, by revision, one revision after
    the other. `cases` are who is judged, and by whose counts; `kept` is what is on record of that. `scene` is
    what there is to show of the resource; None of one that goes, or that can not be read.
    """

    writes: tuple[Write, ...] = ()
    status: Object | None = None
    events: tuple[Event, ...] = ()
    look_again_seconds: float | None = None
    notes: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    scrapes: Mapping[str, tuple[Scrape, ...]] = field(default_factory=dict)
    cases: tuple[Case, ...] = ()
    kept: str = ""
    scene: Scene | None = None
    broken: str = ""
    """The objective for which this plan takes requests back."""
