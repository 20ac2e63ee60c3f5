"""What the evidence says, and in which words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sluiceway.core.counts import Counts
from sluiceway.core.proceedings import TOLD_EVERY_SECONDS, Judged
from sluiceway.core.verdict import Ruling, Verdict, noticeable, ruling
from tests.fakes.objects import NOW
from tests.unit.core.cases import ANSWERS, FAST, case
from tests.unit.core.looking import Looking, news

FAILS, WELL = news(0, 10), news(10)


def after(looking: Looking, mine: Counts, theirs: Counts, *, rounds: int = 6) -> Ruling:
    """Return the ruling after rounds of the same, the first of which only marks."""
    looking.look(new=news(100), old=news(100))
    looking.look(new=WELL, old=news(90))
    return [looking.look(new=mine, old=theirs) for _ in range(rounds)][-1]


def test_too_few_requests_say_nothing() -> None:
    found = after(Looking(case()), news(1), news(19), rounds=10)
    assert found == Ruling(
        Verdict.INSUFFICIENT,
        words="20 requests, none of them bad; a share of 13.9 % bad ones would have been noticed",
    )


def test_enough_of_them_without_a_breach_pass() -> None:
    assert after(Looking(case()), WELL, news(190), rounds=10).verdict is Verdict.PASS


def test_a_breach_tells_the_numbers_of_both() -> None:
    found = after(Looking(case()), FAILS, news(190))
    assert (found.verdict, found.objective) == (Verdict.BREACH, "answers")
    assert found.words == "60 of 60 requests failed (0.5 % allowed; 0 of 1140 with old)"


def test_what_both_break_is_shared() -> None:
    found = after(Looking(case()), FAILS, news(0, 190))
    assert (found.verdict, found.objective) == (Verdict.SHARED, "answers")


def test_a_breach_is_told_before_what_is_shared() -> None:
    both = news(0, 10) + news(slow=10)
    theirs = news(0, 190) + news(190)
    found = after(Looking(case(ANSWERS, FAST)), both, theirs, rounds=8)
    assert (found.verdict, found.objective) == (Verdict.BREACH, "fast")
    assert "requests took longer than 250 ms" in found.words


def test_alone_what_is_allowed_decides_unless_it_is_excused() -> None:
    alone = case(compared=False)
    assert after(Looking(alone), FAILS, WELL).verdict is Verdict.BREACH
    excused = replace(alone, excused=frozenset({"answers"}))
    assert after(Looking(excused), FAILS, WELL).verdict is not Verdict.BREACH


def test_callers_mistakes_with_the_candidate_alone_are_a_breach() -> None:
    found = after(Looking(case()), news(refused=10), news(190))
    assert (found.verdict, found.objective) == (Verdict.BREACH, "callers")
    assert found.words == "60 of 70 requests were refused as the caller's mistake (0 of 1230 with old)"


@pytest.mark.parametrize("compared", [True, False])
def test_callers_mistakes_are_nobodys_otherwise(compared: bool) -> None:
    theirs = news(refused=190) if compared else WELL
    found = after(Looking(case(compared=compared)), news(refused=10), theirs, rounds=20)
    assert found.verdict is Verdict.PASS


@pytest.mark.parametrize(("requests", "share"), [(1, 0.95), (100, 0.03), (600, 0.005), (3000, 0.001)])
def test_so_many_requests_show_a_share(requests: int, share: float) -> None:
    assert noticeable(requests) == pytest.approx(share, rel=0.02)


def test_people_are_told_now_and_then_and_of_another_verdict_at_once() -> None:
    looking = Looking(case(minRequests=0))
    judged, told = Judged().on([looking.case], "", NOW), []
    for number in range(100):
        looking.look(new=FAILS if number >= 80 else WELL, old=news(190))
        at = NOW + timedelta(seconds=looking.now)
        before, judged = judged.told, judged.looked(looking.evidence, [looking.case], at)
        if judged.told != before:
            told.append((number, ruling(judged.told, [looking.case]).verdict))
    every = int(TOLD_EVERY_SECONDS * 2)
    assert told[:3] == [(0, Verdict.PASS), (every, Verdict.PASS), (2 * every, Verdict.PASS)]
    assert told[3][1] is Verdict.BREACH
    assert 80 < told[3][0] < 90
