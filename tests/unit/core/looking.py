"""Guards that are played, a look every half second: what a judgement is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from sluiceway.core.case import Case
from sluiceway.core.counts import Counts
from sluiceway.core.evidence import Evidence, Scrape
from sluiceway.core.judgement import Judgement, read, written
from sluiceway.core.looks import looked
from sluiceway.core.readings import Reading, Unanswered
from sluiceway.core.tally import Moment
from sluiceway.core.verdict import Ruling, rule
from tests.fakes.objects import NOW

SILENT = Unanswered("connection refused")
SECONDS = 0.5


def news(good: int = 0, bad: int = 0, *, refused: int = 0, slow: int = 0, abandoned: int = 0) -> Counts:
    """Return what so many requests over HTTP add to a guard's counts; slow is slower than any bound."""
    whole = good + slow
    within = (good,) * len(Counts().within)
    http = (0, whole, 0, refused, bad)
    return Counts(http=http, within=within, timed=(whole,), abandoned=(abandoned,))


@dataclass
class Guards:
    """Guards by name of their pod, as one revision has them."""

    pods: dict[str, Reading] = field(default_factory=dict)

    def add(self, pod: str, more: Counts, *, in_flight: int = 0, restarted: bool = False) -> Reading:
        """Return what the guard says after more requests."""
        before = Reading(uptime=3600) if pod not in self.pods or restarted else self.pods[pod]
        counts = before.counts + more
        begun = sum(counts.http) + counts.abandoned[0] + in_flight
        uptime = 0 if restarted else before.uptime
        self.pods[pod] = Reading(counts, (in_flight, 0), (begun, 0), uptime)
        return self.pods[pod]


@dataclass
class Looking:
    """A case, what its guards say, and the judgement: one round after the other."""

    case: Case
    judgement: Judgement = field(init=False)
    evidence: dict[str, Evidence] = field(default_factory=dict)
    now: float = 0.0
    guards: dict[str, Guards] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.judgement = Judgement.of(self.case, NOW)

    def look(self, **told: Counts | Unanswered | Mapping[str, Counts | Unanswered]) -> Ruling:
        """Make a round: *told* has more requests, by revision or by pod of one. The first only marks."""
        self.now += SECONDS
        for order, revision in enumerate((self.case.revision, self.case.beside)):
            if revision in told:
                given = told[revision]
                pods = given if isinstance(given, Mapping) else {revision: given}
                self._read(revision, pods, self.now + order / 100)
        at = NOW + timedelta(seconds=self.now)
        self.judgement = looked(self.judgement, self.evidence, self.case, at)
        return rule(self.judgement, self.case)

    def again(self) -> None:
        """Let another operator go on, from what was kept."""
        at = NOW + timedelta(seconds=self.now)
        kept = read(written({self.case.source: self.judgement}))
        self.judgement = Judgement.of(self.case, at, kept[self.case.source])
        self.evidence = {}

    def becomes(self, **fields: object) -> None:
        """Change the case."""
        self.case = replace(self.case, **fields)  # type: ignore[arg-type]

    def _read(self, revision: str, pods: Mapping[str, Counts | Unanswered], at: float) -> None:
        guards = self.guards.setdefault(revision, Guards())
        found = self.evidence.get(revision, Evidence()).watching(
            Scrape(pod=pod, uid=pod, target=f"{pod}:8003") for pod in pods
        )
        for pod, told in pods.items():
            answer = told if isinstance(told, Unanswered) else guards.add(pod, told)
            found = found.took(pod, answer, Moment(NOW + timedelta(seconds=at), at, at))
        self.evidence[revision] = found
