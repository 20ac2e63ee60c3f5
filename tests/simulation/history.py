"""What an onlooker knows of the past: who served, since when, who was refused, where callers are led."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sluiceway.api import names
from sluiceway.build.objects import Object, Ref, revision_of
from sluiceway.core.memory import recall
from sluiceway.core.state import weights_of
from sluiceway.core.steps import ALL, keep_previous_seconds
from tests.fakes.objects import NAME
from tests.simulation.passes import Pass, command_of


@dataclass(frozen=True)
class Change:
    """An object before and after somebody changed it."""

    ref: Ref
    before: Object | None
    after: Object | None

    @property
    def revision(self) -> str:
        """The revision that the object is part of."""
        return revision_of(self.after or self.before or {"metadata": {}})

    @property
    def leads(self) -> bool:
        """Whether it is the route, or Service `<name>`."""
        return self.ref.kind in ("HTTPRoute", "Service") and self.ref.name == NAME


@dataclass
class History:
    """The past of one resource, made from changes of objects alone."""

    images: dict[str, str] = field(default_factory=dict)
    """What distinguishes the revisions."""
    written: dict[str, int] = field(default_factory=dict)
    """The weights as an operator wrote them last, whatever people did to them; none without a route."""
    carried: dict[str, int] = field(default_factory=dict)
    """The weights that the gateway has taken up."""
    home: str = ""
    """The revision to which an operator led Service `<name>` last: the one that serves."""
    full: str = ""
    """The revision to which the route gave all requests last."""
    previous: str = ""
    """The revision that served before `home`."""
    moved: datetime | None = None
    """Since when it does not serve any more, at the earliest."""
    raised: datetime | None = None
    """When the candidate's share was raised last, at the earliest."""
    halted: datetime | None = None
    """Since when the clock of the step stands still, at the latest."""
    stood: timedelta = timedelta()
    """For how long it has stood still, at the least."""
    excused: bool = False
    """Whether a person asked to end the step."""
    attempts: dict[str, int] = field(default_factory=dict)
    """How often a revision was tried, as commands have to name it."""
    verified: set[str] = field(default_factory=set)
    """Revisions of which a pod has given the golden answers."""
    refused: set[str] = field(default_factory=set)
    """Revisions that a person aborted, which an operator has taken note of."""
    _forgiven: tuple[str, int] = ("", 0)
    """The attempt that a person wants tried again, whatever became of it."""
    _aborting: str = ""
    """A revision that a pass saw aborted; refused when one has come to its end."""
    wanted_since: dict[str, datetime] = field(default_factory=dict)
    """When the spec was seen to ask for a revision last."""
    told: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """Events, and what the status said when they were written; until the status said something else."""

    @property
    def trusted(self) -> set[str]:
        """The revisions that have served all requests, the last ones that did."""
        return {self.home, self.full} - {""}

    def wanted(self, seen: Pass) -> str:
        """Return the revision that a pass saw the spec ask for, "" when there was none yet."""
        return next((name for name, image in self.images.items() if image == seen.image), "")

    def fit(self, seen: Pass, name: str) -> bool:
        """Tell whether a revision has given its golden answers, and a pass saw pods of it that answer."""
        return name in self.verified and seen.answering(name) > 0

    def aborted(self, seen: Pass) -> str:
        """Return the revision whose last attempt a pass saw a person abort, "" without one."""
        return self._named(seen.commanded("abort"))

    def retried(self, seen: Pass) -> str:
        """Return the revision whose last attempt a pass saw a person take back the refusal of."""
        return self._named(seen.commanded("retry"))

    def _named(self, named: tuple[str, int, int] | None) -> str:
        return named[0] if named and self.attempts.get(named[0]) == named[1] else ""

    def note(self, change: Change, seen: Pass | None) -> None:
        """Take up a change; *seen* is the pass that made it, None for everybody but operators."""
        if change.leads and seen:
            self._note_look(seen)
        match change.ref.kind:
            case "ControllerRevision" if change.after:
                self.images[change.ref.name] = change.after["data"]["content"]["runtime"]["image"]
            case "HTTPRoute" if change.leads:
                self._note_route(change, seen)
                self._note_attempts(change)
            case "Service" if change.leads and seen and change.after:
                self._note_home(change.after["spec"]["selector"][names.LABEL_REVISION], seen)
                self._note_attempts(change)
            case "Service" if change.leads and not change.after and not self.written:
                self._forget()
            case names.KIND if change.after:
                retry = command_of(change.after, "retry")
                if retry and self._named(retry):
                    self.refused.discard(retry[0])
                    self._forgiven, self._aborting = retry[:2], ""

    def _forget(self) -> None:
        """Take up that somebody deleted what remembers: nobody is kept, only what is on record is known."""
        self.moved, self._aborting = None, ""

    def _note_attempts(self, change: Change) -> None:
        memory = recall([change.after], "")
        self.attempts |= {outcome.revision: outcome.attempt for outcome in memory.outcomes}
        if memory.candidate:
            self.attempts[memory.candidate] = memory.attempt

    def _note_route(self, change: Change, seen: Pass | None) -> None:
        after = change.after
        if after is None:
            self.carried, self.written = {}, {}
            if seen is None:
                self._forget()
            return
        if taken_up(after):
            self.carried = weights_of(after)
        if seen is None:
            return
        weights = weights_of(after)
        if any(weight > self.written.get(name, 0) for name, weight in weights.items()):
            self.raised, self.halted, self.stood, self.excused = seen.looked, None, timedelta(), False
        self.excused = self.excused or promoted(seen)
        self.full = next((name for name, weight in weights.items() if weight == ALL), self.full)
        self.written = weights

    def _note_home(self, serving: str, seen: Pass) -> None:
        if serving == self.home:
            return
        # A pass before this one may have moved the route, and not come as far as this.
        self.moved = self.raised if seen.before.stable == serving else seen.looked
        self.previous, self.home = self.home, serving

    def _note_look(self, seen: Pass) -> None:
        """Take up what a pass acted upon, whether it came to its end or not."""
        self.wanted_since[self.wanted(seen)] = seen.looked
        before, aborted = seen.before, self.aborted(seen)
        returns = before.stable == aborted and seen.answering(before.previous)
        if (
            aborted
            and (before.candidate == aborted or returns)
            and self._forgiven
            != (
                aborted,
                self.attempts[aborted],
            )
        ):
            self._aborting = aborted
        keep = timedelta(seconds=keep_previous_seconds(seen.owner.spec.rollout))
        if self.moved and seen.looked >= self.moved + keep:
            self.moved = None
        if self.halted and not paused(seen):
            self.stood += seen.looked - self.halted
            self.halted = None

    def finished(self, seen: Pass) -> None:
        """Take up that a pass has done all that it wanted."""
        self._note_look(seen)
        left = self._aborting != self.home and not seen.weights.get(self._aborting)
        if self._aborting and left:
            self.refused.add(self._aborting)
        self._aborting = ""
        if paused(seen):
            self.halted = self.halted or seen.looked


def paused(seen: Pass) -> bool:
    """Tell whether a pass saw a pause of this attempt that nobody has lifted."""
    pause, resume = seen.commanded("pause"), seen.commanded("resume")
    attempt = (seen.before.candidate, seen.before.attempt)
    if pause is None or pause[:2] != attempt or pause[2] > seen.before.step:
        return False
    return resume is None or resume[:2] != attempt or resume[2] < pause[2]


def promoted(seen: Pass) -> bool:
    """Tell whether a pass saw that a person ends the step."""
    before = seen.before
    return seen.commanded("promote") == (before.candidate, before.attempt, before.step)


def taken_up(route: Object) -> bool:
    """Tell whether the gateway has taken up a route as it is now."""
    parents = (route.get("status") or {}).get("parents") or []
    seen = [
        condition["observedGeneration"] for parent in parents for condition in parent.get("conditions", [])
    ]
    return bool(seen) and min(seen) >= route["metadata"]["generation"]
