"""A judgement takes one sample after every round that is complete, and forgets nothing that it was told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluiceway.core.judgement import Judgement, written
from sluiceway.core.proceedings import Judged
from sluiceway.core.standing import IN_A_ROW
from sluiceway.core.verdict import Verdict, rule
from tests.fakes.objects import NOW
from tests.unit.core.cases import ANSWERS, FAST, case
from tests.unit.core.looking import SILENT, Looking, news

GOOD = news(100)


def begun(**given: object) -> Looking:
    """Return a judgement whose guards have been marked."""
    looking = Looking(replace(case(), **given))  # type: ignore[arg-type]
    looking.look(new=news(1000), old=news(1000))
    return looking


def seen(looking: Looking) -> tuple[int, int]:
    trial = looking.judgement.trials[0]
    return trial.seen.requests, trial.others.requests


def test_requests_from_before_are_not_counted() -> None:
    looking = begun()
    assert seen(looking) == (0, 0)
    looking.look(new=news(10), old=news(190))
    assert seen(looking) == (10, 190)


@pytest.mark.parametrize("silent", ["new", "old"])
def test_it_waits_for_a_guard_that_missed_a_look(silent: str) -> None:
    looking = begun()
    told = {"new": news(10), "old": news(190)}
    looking.look(**told | {silent: SILENT})
    assert seen(looking) == (0, 0)
    # What it was waited for is in the counts of the next look.
    looking.look(**told)
    assert seen(looking) == ((10, 380) if silent == "new" else (20, 190))


def test_it_waits_until_the_other_one_was_read_after_it() -> None:
    # A look at each got lost: their last ones are of different rounds, the other one's of the earlier.
    looking = begun()
    looking.look(new=SILENT, old=news(190))
    looking.look(new=news(0, 10), old=SILENT)
    assert seen(looking) == (0, 0)
    looking.look(new=news(10), old=news(190))
    assert seen(looking)[0] == 20


def test_one_that_stays_silent_is_not_waited_for_as_long_as_others_answer() -> None:
    looking = begun()
    looking.look(new={"new": news(1), "second": news(1)}, old=GOOD)
    for _ in range(IN_A_ROW + 1):
        looking.look(new={"new": news(10), "second": SILENT}, old=GOOD)
    assert seen(looking)[0] == 1 + 10 * (IN_A_ROW + 1)


def test_a_pod_that_has_gone_stops_no_comparison() -> None:
    looking = begun()
    for _ in range(2):
        looking.look(new={"new": news(10), "second": news(10)}, old={"old": GOOD, "other": GOOD})
    rulings = [looking.look(new=news(bad=10), old=GOOD).verdict for _ in range(10)]
    assert rulings[-1] is Verdict.BREACH


def test_seconds_and_requests_are_those_of_the_step() -> None:
    looking = begun()
    for _ in range(10):
        looking.look(new=news(10), old=GOOD)
    assert (looking.judgement.measured, looking.judgement.requests) == (5.0, 100)
    looking.becomes(step=2)
    looking.look(new=news(10), old=GOOD)
    assert (looking.judgement.measured, looking.judgement.requests) == (0.5, 10)
    assert seen(looking)[0] == 110, "the evidence is of the whole rollout"


def test_time_in_which_nobody_looked_was_not_measured() -> None:
    looking = begun()
    looking.now += 600
    looking.look(new=news(10), old=GOOD)
    assert looking.judgement.measured == 0.0


@given(
    looks=st.lists(
        st.tuples(st.integers(0, 40), st.integers(0, 3), st.integers(0, 200), st.integers(0, 3)),
        min_size=2,
        max_size=25,
    ),
    at=st.integers(0, 24),
)
def test_another_operator_comes_to_the_same_verdicts(looks: list[tuple[int, int, int, int]], at: int) -> None:
    going_on, followed = begun(samples=2, alpha=0.05), begun(samples=2, alpha=0.05)
    for number, (mine, bad, theirs, bad_theirs) in enumerate(looks):
        told = {"new": news(mine, bad), "old": news(theirs, bad_theirs)}
        if number == at:
            followed.again()
        assert going_on.look(**told) == followed.look(**told)
    assert seen(going_on) == seen(followed)
    for one, other in zip(going_on.judgement.trials, followed.judgement.trials, strict=True):
        assert one.absolute.evidence == pytest.approx(other.absolute.evidence, abs=1e-3)
        assert one.relative.evidence == pytest.approx(other.relative.evidence, abs=1e-3)


def test_requests_that_came_while_no_operator_looked_count() -> None:
    looking = begun()
    looking.look(new=news(10), old=GOOD)
    looking.again()
    looking.now += 30
    looking.look(new=news(500, 5), old=GOOD)
    assert seen(looking)[0] == 515
    assert looking.judgement.measured == 0.5


OTHERS = {
    "objectives": {"objectives": case(ANSWERS | {"targetPercent": "99"}).objectives},
    "one more objective": {"objectives": case(ANSWERS, FAST).objectives},
    "attempt": {"attempt": 2},
    "risk": {"alpha": 0.01},
    "samples": {"samples": 1},
    "the one that returned": {"after_return_of": "newer"},
}


@pytest.mark.parametrize("what", OTHERS)
def test_another_case_begins_anew(what: str) -> None:
    looking = begun()
    looking.look(new=news(10), old=GOOD)
    kept = looking.judgement
    other = replace(looking.case, **OTHERS[what])  # type: ignore[arg-type]
    assert Judgement.of(looking.case, NOW, kept).trials[0].seen == looking.judgement.trials[0].seen
    assert Judgement.of(other, NOW, kept) == Judgement.of(other, NOW)


@pytest.mark.parametrize("kept", ["{}", "nonsense", '{"guard": 3}', '{"guard": {"key": 3}}', "[]"])
def test_what_can_not_be_read_begins_anew(kept: str) -> None:
    assert Judged().on([case()], kept, NOW) == Judged().on([case()], "", NOW)


def test_the_text_stays_small() -> None:
    objectives = [
        ANSWERS | {"name": f"answers-{number}", "targetPercent": f"99.{number}"} for number in range(8)
    ]
    looking = Looking(case(*objectives))
    pods = {
        revision: [f"{revision}-{number}-" + 30 * "0" for number in range(25)] for revision in ("new", "old")
    }
    for number in range(50):
        counts = news(10**8 + number, 10**6)
        looking.look(**{revision: dict.fromkeys(names, counts) for revision, names in pods.items()})
    assert rule(looking.judgement, looking.case).verdict is not Verdict.INSUFFICIENT
    size = len(written({"guard": looking.judgement}))
    print(f"{size} bytes: 8 objectives and callers' errors, 50 pods")
    assert size < 64 * 1024, f"{size} bytes"
