"""What an onlooker knows of the past: who served, since when, who was refused, where callers are led."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sluiceway.build.objects import Object, Ref, revision_of
from tests.fakes.objects import NAME
from tests.simulation.carried import Carried
from tests.simulation.passes import Pass


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
    capacity: Carried = field(default_factory=Carried)
    """How many pods carry everything."""
    last: Pass | None = None
    """The last pass that did all that it wanted."""
    muddled: bool = False
    """Whether an old leader has laid hands on pods since."""
    home: str = ""
    """The revision to which an operator led Service `<name>` last: the one that serves."""
    full: str = ""
    """The revision to which the route gave all requests last."""
    remembered: int = -1
    """The number of the transition that the route remembers."""
    copied: int = -1
    """That of which Service `<name>` has a copy: somebody may delete the route; -1 without one."""
    giving: str = ""
    """The revision that has a share left though it neither serves nor is tried: it gives that back."""
    kept_back: int = 0
    """In how many passes in a row it kept more than it had to."""
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
    failed: set[str] = field(default_factory=set)
    """Revisions whose callers saw errors."""
    blamed: set[tuple[str, int]] = field(default_factory=set)
    """Attempts that an operator has ended for it."""
    served: set[str] = field(default_factory=set)
    """Revisions that a pass which came to its end has let serve, or found serving."""
    forgotten: set[str] = field(default_factory=set)
    """Revisions that served while somebody deleted what remembers when they did."""
    refused: set[str] = field(default_factory=set)
    """Revisions that a person aborted, which an operator has taken note of, or that broke an objective."""
    doubted: set[str] = field(default_factory=set)
    """Revisions that were refused, and have not served since."""
    returnable: set[str] = field(default_factory=set)
    """Revisions that have served."""
    forgiven: tuple[str, int] = ("", 0)
    """The attempt that a person wants tried again, whatever became of it."""
    aborting: str = ""
    """A revision that a pass saw aborted; refused when one has come to its end."""
    wanted_since: dict[str, datetime] = field(default_factory=dict)
    """When the spec was seen to ask for a revision last."""
    measured_since: Callable[[datetime], timedelta] | None = None
    """Tells for how long the provider of metrics has answered since a moment."""
    steady_load: Callable[[datetime], int | None] = lambda _now: None
    """Tells the load when it, and all that it is measured by, had long been as it is at a moment."""
    most_load: Callable[[datetime], int] = lambda _since: 0
    """Tells the highest load since a moment."""
    bad_looks: Mapping[str, int] = field(default_factory=dict)
    """How often in a row that could show to an operator that all requests of a revision are bad."""
    overdue: dict[str, int] = field(default_factory=dict)
    """In how many passes in a row a revision kept its share all the same."""
    told: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    """Events, and what the status said when they were written; until the status said something else."""

    @property
    def trusted(self) -> set[str]:
        """The revisions that have served all requests, the last ones that did."""
        return {self.home, self.full} - {""}

    @property
    def outlasts(self) -> bool:
        """Whether nothing is forgotten with the route."""
        return bool(self.written) and self.copied == self.remembered >= 0

    def refuse(self, name: str) -> None:
        """Take up that an operator must not try a revision again by itself."""
        self.refused.add(name)
        self.doubted.add(name)

    def wanted(self, seen: Pass) -> str:
        """Return the revision that a pass saw the spec ask for, "" when there was none yet."""
        return next((name for name, image in self.images.items() if image == seen.image), "")

    def fit(self, seen: Pass, name: str) -> bool:
        """Tell whether a revision has given its golden answers, and a pass saw pods of it that answer."""
        return name in self.verified and seen.answering(name) > 0

    def aborted(self, seen: Pass) -> str:
        """Return the revision whose last attempt a pass saw a person abort, "" without one."""
        return self.named(seen.commanded("abort"))

    def retried(self, seen: Pass) -> str:
        """Return the revision whose last attempt a pass saw a person take back the refusal of."""
        return self.named(seen.commanded("retry"))

    def named(self, named: tuple[str, int, int] | None) -> str:
        """Return the revision whose last attempt a command names."""
        return named[0] if named and self.attempts.get(named[0]) == named[1] else ""
