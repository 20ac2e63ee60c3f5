"""What is told of each objective is what decides."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from sluiceway.core.accounts import Account, accounts
from sluiceway.core.case import Case
from sluiceway.core.counts import Counts
from sluiceway.core.verdict import Verdict, rule
from tests.unit.core.cases import ANSWERS, FAST, case
from tests.unit.core.looking import Looking, news

CASES = [
    case(ANSWERS, FAST),
    case(ANSWERS, FAST, compared=False),
    replace(case(ANSWERS, FAST, compared=False), excused=frozenset({"answers"})),
]
WELL = news(20)
KINDS = st.sampled_from([WELL, news(10, 10), news(refused=20), news(slow=20), news(0, 20)])
SAMPLES = st.lists(st.tuples(KINDS, KINDS), min_size=1, max_size=8)


def told(looking: Looking) -> dict[str, Account]:
    return {each.objective.name: each for each in accounts(looking.judgement, looking.case)}


def looked(judged: Case, *samples: tuple[Counts, Counts]) -> Looking:
    looking = Looking(judged)
    for mine, theirs in ((news(100), news(100)), *samples):
        looking.look(new=mine, old=theirs)
    return looking


@given(st.sampled_from(CASES), SAMPLES)
def test_the_first_that_is_broken_decides(judged: Case, samples: list[tuple[Counts, Counts]]) -> None:
    looking = looked(judged, *samples)
    found, each = rule(looking.judgement, judged), told(looking)
    if found.objective:
        assert each[found.objective].verdict is found.verdict
        assert each[found.objective].words == found.words
    else:
        assert {one.verdict for one in each.values()} == {found.verdict}
    for one in each.values():
        assert (one.verdict is Verdict.BREACH) == (one.evidence >= one.needed)


def test_an_objective_that_is_met_is_told_beside_one_that_is_broken() -> None:
    each = told(looked(CASES[0], *[(news(10, 10), WELL)] * 8))
    assert {name: one.verdict for name, one in each.items()} == {
        "answers": Verdict.BREACH,
        "fast": Verdict.PASS,
        "callers": Verdict.PASS,
    }
    assert (each["answers"].seen.requests, each["answers"].seen.bad) == (160, 80)
    assert (each["answers"].allowed, each["callers"].allowed) == (0.005, None)
    assert each["fast"].evidence < each["fast"].needed


def test_what_both_break_is_evidence_against_neither() -> None:
    each = told(looked(CASES[0], *[(news(0, 20), news(0, 20))] * 8))
    assert each["answers"].verdict is Verdict.SHARED
    assert each["answers"].evidence < each["answers"].needed
