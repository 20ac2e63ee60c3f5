"""Models that take requests and answer none: no status and no latency tells of them."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest

from sluiceway.core.evidence import Evidence, Scrape
from sluiceway.core.judgement import Judgement
from sluiceway.core.looks import looked
from sluiceway.core.tally import Moment
from sluiceway.core.verdict import Verdict, rule
from tests.fakes.objects import NOW
from tests.unit.core.cases import case
from tests.unit.core.looking import Guards, news

HANGS_AT = 20.0


class Callers:
    """Callers of one revision: so many every half second, who wait for so many seconds, or for ever."""

    def __init__(self, per_sample: int, patience: float | None) -> None:
        self.guards, self.evidence = Guards(), Evidence()
        self.per_sample, self.patience = per_sample, patience
        self.waiting: list[float] = []

    def look(self, name: str, at: float, *, hangs: bool) -> None:
        left = 0
        if hangs:
            self.waiting += [at] * self.per_sample
        if self.patience is not None:
            left = sum(at - since >= self.patience for since in self.waiting)
            self.waiting = self.waiting[left:]
        more = news(0 if hangs else self.per_sample, abandoned=left)
        reading = self.guards.add(name, more, in_flight=len(self.waiting))
        self.evidence = self.evidence.watching([Scrape(name, name, f"{name}:8003")])
        moment = Moment(NOW + timedelta(seconds=at), at, at)
        self.evidence = self.evidence.took(name, reading, moment)


def verdict(
    *, both: bool, patience: float | None, samples: int, weight: int, offset: float
) -> tuple[Verdict, float]:
    """Return the first verdict on an objective, and the seconds after which it fell; Pass after a minute."""
    judged = case(hiccupSamples=samples, callerErrors="Disabled")
    judgement = Judgement.of(judged, NOW)
    mine, theirs = Callers(weight, patience), Callers(100 - weight, patience)
    for number in count(1):
        at = number / 2
        hangs = at >= HANGS_AT
        mine.look("new", at, hangs=hangs)
        theirs.look("old", at + offset, hangs=hangs and both)
        evidence = {"new": mine.evidence, "old": theirs.evidence}
        judgement = looked(judgement, evidence, judged, NOW + timedelta(seconds=at))
        found = rule(judgement, judged).verdict
        if found not in {Verdict.PASS, Verdict.INSUFFICIENT} or at > HANGS_AT + 60:
            return found, at - HANGS_AT
    raise AssertionError


@pytest.mark.parametrize("weight", [5, 50])
@pytest.mark.parametrize("samples", [1, 4])
@pytest.mark.parametrize(("patience", "most"), [(None, 13), (60.0, 13), (5.0, 9), (1.0, 6)])
def test_a_candidate_that_never_answers_is_a_breach(
    weight: int, samples: int, patience: float | None, most: float
) -> None:
    found, seconds = verdict(both=False, patience=patience, samples=samples, weight=weight, offset=0.2)
    assert found is Verdict.BREACH
    assert seconds <= most


@pytest.mark.parametrize("weight", [5, 25, 50, 75])
@pytest.mark.parametrize("samples", [1, 4])
@pytest.mark.parametrize("patience", [None, 5.0, 1.0])
@pytest.mark.parametrize("offset", [0.0, 0.1, 0.49])
def test_a_hang_of_both_blames_nobody(
    weight: int, samples: int, patience: float | None, offset: float
) -> None:
    found, _ = verdict(both=True, patience=patience, samples=samples, weight=weight, offset=offset)
    assert found is Verdict.SHARED


@pytest.mark.parametrize("patience", [10.0, 30.0, None])
@pytest.mark.parametrize("weight", [5, 15, 50])
def test_callers_who_all_wait_for_it_do_not_hide_that_it_hangs(weight: int, patience: float | None) -> None:
    """Sixteen callers that ask again when they are answered: soon all of them wait for the one that hangs."""
    judged = case(callerErrors="Disabled")
    judgement = Judgement.of(judged, NOW)
    mine, theirs = Callers(0, patience), Callers(0, None)
    for number in range(1, 200):
        at = number / 2
        free = 16 - len(mine.waiting)
        # An answer takes a tenth of a second: so many turns does each of them get.
        asked = sum(1 for turn in range(5 * free) if turn % (100 // weight) == 0)
        mine.per_sample, theirs.per_sample = min(asked, free), 5 * free - asked
        mine.look("new", at, hangs=True)
        theirs.look("old", at, hangs=False)
        evidence = {"new": mine.evidence, "old": theirs.evidence}
        judgement = looked(judgement, evidence, judged, NOW + timedelta(seconds=at))
        if rule(judgement, judged).verdict is Verdict.BREACH:
            assert at <= 10 + 8
            return
    raise AssertionError("nobody was told")


def test_a_few_long_requests_that_nobody_else_competes_with_are_no_hang() -> None:
    judged = case(callerErrors="Disabled")
    judgement = Judgement.of(judged, NOW)
    mine, theirs = Callers(0, None), Callers(10, None)
    for number in range(1, 120):
        at = number / 2
        mine.per_sample = 1 if number <= 3 else 0
        mine.look("new", at, hangs=True)
        theirs.look("old", at, hangs=False)
        evidence = {"new": mine.evidence, "old": theirs.evidence}
        judgement = looked(judgement, evidence, judged, NOW + timedelta(seconds=at))
        assert rule(judgement, judged).verdict is not Verdict.BREACH
