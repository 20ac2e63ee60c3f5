"""From one look at a guard to the next: what came since is counted once, and nothing is invented."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from sluiceway.api.objectives import Objective
from sluiceway.core.counts import Counts
from sluiceway.core.evidence import Evidence, Scrape
from sluiceway.core.marks import Mark, marked
from sluiceway.core.objectives import Share
from sluiceway.core.readings import Reading, Unanswered
from sluiceway.core.standing import IN_A_ROW
from sluiceway.core.tally import Moment
from tests.fakes.objects import NOW
from tests.unit.core.looking import SILENT, Guards, news

OBJECTIVES = (
    Objective.model_validate({"name": "answers", "type": "ErrorRate", "targetPercent": "99.5"}),
    Objective.model_validate({"name": "callers", "type": "CallerError"}),
)
NOTHING = Share()


class Marking:
    """The guards of one revision, a look every half second; returns what each look brings `answers`."""

    def __init__(self) -> None:
        self.guards, self.evidence, self.at = Guards(), Evidence(), 0.0
        self.marks: Mapping[str, Mark] = {}
        self.shares: tuple[Share, ...] = ()

    def look(self, *, gone: tuple[str, ...] = (), **told: Reading | Unanswered) -> Share:
        self.at += 0.5
        here = [pod for pod in told if pod not in gone]
        self.evidence = self.evidence.watching(Scrape(pod, pod, f"{pod}:8003") for pod in here)
        moment = Moment(NOW + timedelta(seconds=self.at), self.at, self.at)
        for pod in here:
            self.evidence = self.evidence.took(pod, told[pod], moment)
        found = marked(self.marks, self.evidence.tallies, OBJECTIVES)
        self.marks, self.shares = found.marks, found.shares
        return found.shares[0]

    def add(self, more: Counts, *, in_flight: int = 0, restarted: bool = False) -> Share:
        return self.look(a=self.guards.add("a", more, in_flight=in_flight, restarted=restarted))


def test_the_first_look_only_marks() -> None:
    marking = Marking()
    assert marking.add(news(900, 100)) == NOTHING
    assert marking.add(news(8, 2)) == Share(10, 2)
    assert marking.add(news()) == NOTHING


def test_a_guard_that_was_silent_is_marked_anew() -> None:
    marking = Marking()
    marking.add(news(10))
    for _ in range(IN_A_ROW):
        marking.look(a=SILENT)
    marking.guards.add("a", news(0, 50))
    # As many looks that it answers make it one that answers again; the last of them only marks.
    assert [marking.add(news(5)) for _ in range(IN_A_ROW)] == [NOTHING] * IN_A_ROW
    assert marking.add(news(4, 1)) == Share(5, 1)


def test_one_look_that_got_no_answer_loses_nothing() -> None:
    marking = Marking()
    marking.add(news(10))
    assert marking.look(a=SILENT) == NOTHING
    assert marking.add(news(3, 2)) == Share(5, 2)


def test_what_a_pod_had_counted_stays_counted_when_it_goes() -> None:
    marking = Marking()
    guards = marking.guards
    marking.look(a=guards.add("a", news(10)), b=guards.add("b", news(10)))
    assert marking.look(a=guards.add("a", news(5)), b=guards.add("b", news(0, 5))) == Share(10, 5)
    assert marking.look(a=guards.add("a", news(1))) == Share(1, 0)
    again = guards.add("b", news(0, 2), restarted=True)
    assert marking.look(a=guards.add("a", news(1)), b=again) == Share(3, 2)


def test_a_restart_invents_nothing() -> None:
    marking = Marking()
    marking.add(news(1000, 20))
    marking.add(news(10))
    assert marking.add(news(3, 1), restarted=True) == Share(4, 1)
    assert marking.add(news(2)) == Share(2, 0)


def test_a_caller_that_cancels_on_a_busy_pod_is_nobodys_failure() -> None:
    marking = Marking()
    marking.add(news(10))
    for _ in range(20):
        assert marking.add(news(5, abandoned=3), in_flight=4) == Share(5, 0)


def test_what_callers_give_up_while_nobody_is_answered_is_bad_after_three_seconds() -> None:
    marking = Marking()
    marking.add(news(10), in_flight=4)
    found = [marking.add(news(abandoned=2), in_flight=4) for _ in range(10)]
    assert found[:5] == [NOTHING] * 5
    assert found[5] == Share(12, 12)
    assert found[6:] == [Share(2, 2)] * 4
    assert marking.shares[1] == NOTHING, "callers' mistakes are others"


def test_an_answer_within_these_seconds_begins_them_anew() -> None:
    marking = Marking()
    marking.add(news(10), in_flight=4)
    for _ in range(4):
        for _ in range(5):
            assert marking.add(news(abandoned=2), in_flight=4) == NOTHING
        assert marking.add(news(1, abandoned=2), in_flight=4) == Share(1, 0)


def test_a_pod_without_requests_is_not_hung() -> None:
    marking = Marking()
    marking.add(news(10))
    for _ in range(20):
        assert marking.add(news(abandoned=1)) == NOTHING


@pytest.mark.parametrize("abandoned", [0, 10])
def test_who_accepts_and_never_answers_is_found_out(abandoned: int) -> None:
    marking = Marking()
    marking.add(news(1000))
    waiting, bad = 0, 0
    for _ in range(30):
        waiting += 10 - abandoned
        bad += marking.add(news(abandoned=abandoned), in_flight=waiting or 10).bad
    # Of those that wait, the ones that are there for longer than ten seconds.
    assert bad >= (250 if abandoned else 80)
