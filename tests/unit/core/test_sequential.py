"""The sequential test keeps what it promises: exactly where it can be computed, by chance where not."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb, exp, log
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluiceway.core import sequential
from sluiceway.core.sequential import ALTERNATIVES, Sequential, absolute, relative

ALLOWED = 0.005
ENOUGH = -log(0.001)

ticks = st.lists(
    st.integers(0, 30).flatmap(lambda requests: st.tuples(st.just(requests), st.integers(0, requests))),
    min_size=1,
    max_size=5,
)


def judged(*looks: tuple[int, int], evidence: Sequential | None = None) -> Sequential:
    """Return the evidence after looks of so many requests, and how many of them were bad."""
    found = evidence or Sequential()
    for requests, bad in looks:
        found = found.after(absolute(ALLOWED, requests, bad))
    return found


@pytest.mark.parametrize("requests", [1, 5, 60])
@pytest.mark.parametrize("share", [ALLOWED, ALLOWED / 3, 0.0])
def test_no_alternative_gains_on_average_while_no_more_is_bad_than_allowed(
    requests: int, share: float
) -> None:
    average = [0.0] * ALTERNATIVES
    for bad in range(requests + 1):
        chance = comb(requests, bad) * share**bad * (1 - share) ** (requests - bad)
        ratios = absolute(ALLOWED, requests, bad)
        average = [sum_ + chance * exp(ratio) for sum_, ratio in zip(average, ratios, strict=True)]
    assert max(average) <= 1 + 1e-9


@pytest.mark.parametrize(("candidate", "stable", "bad"), [(1, 19, 3), (10, 10, 6), (40, 5, 20), (7, 0, 3)])
def test_no_alternative_gains_on_average_while_the_bad_ones_fall_on_both_alike(
    candidate: int, stable: int, bad: int
) -> None:
    share = candidate / (candidate + stable)
    average = [0.0] * ALTERNATIVES
    for mine in range(max(0, bad - stable), min(bad, candidate) + 1):
        chance = comb(candidate, mine) * comb(stable, bad - mine) / comb(candidate + stable, bad)
        ratios = relative(1.0, share, mine, bad - mine)
        average = [sum_ + chance * exp(ratio) for sum_, ratio in zip(average, ratios, strict=True)]
    assert max(average) <= 1 + 1e-9


def test_the_moments_at_which_it_may_have_begun_sum_to_one() -> None:
    moment = sequential._moment
    upto = sum(moment(tick) for tick in range(1, 1001))
    later = sum(moment(tick) for tick in range(1001, 100_001))
    assert upto < upto + later < 1
    assert upto + later + (1 - sequential._FIRST_MOMENT) * sequential._later(100_000) == pytest.approx(1)
    assert sequential._later(10**300) < 0.002


@given(ticks)
def test_the_evidence_is_the_mixture_that_it_is_said_to_be(looks: Sequence[tuple[int, int]]) -> None:
    ratios = [absolute(ALLOWED, *look) for look in looks]
    parts = [
        log(sequential._moment(begun + 1)) + sum(tick[number] for tick in ratios[begun:])
        for number in range(ALTERNATIVES)
        for begun in range(len(looks))
    ]
    highest = max(parts)
    mixed = highest + log(sum(exp(part - highest) for part in parts) / ALTERNATIVES)
    assert judged(*looks).evidence == pytest.approx(mixed)


def test_before_the_first_request_nothing_speaks_against_it() -> None:
    assert Sequential().evidence == 0.0


def test_total_failure_is_seen_with_the_second_request_and_one_bad_of_three_is_not_enough() -> None:
    assert judged((1, 1)).evidence < ENOUGH <= judged((1, 1), (1, 1)).evidence
    assert judged((3, 1)).evidence < ENOUGH
    assert judged((1, 0), (1, 1), (1, 0)).evidence < ENOUGH


def test_a_long_good_history_does_not_blind_it() -> None:
    calm = judged(*[(1000, 1)] * 600)
    assert calm.evidence < 0
    fails = judged(*[(1, 1)] * 3, evidence=calm)
    assert fails.evidence < ENOUGH <= judged((1, 1), evidence=fails).evidence


def test_what_is_bad_for_both_blames_nobody() -> None:
    evidence = Sequential()
    for _ in range(200):
        evidence = evidence.after(relative(1.0, 0.25, 25, 75))
        assert evidence.evidence < ENOUGH


@pytest.mark.parametrize(("share", "needed"), [(0.05, 3), (0.5, 11)])
def test_what_is_bad_for_the_candidate_alone_does(share: float, needed: int) -> None:
    evidence, bad = Sequential(), 0
    while evidence.evidence < ENOUGH:
        evidence, bad = evidence.after(relative(1.0, share, 1, 0)), bad + 1
    assert bad == needed


def test_a_tolerated_multiple_of_the_stable_is_no_reason() -> None:
    evidence = Sequential()
    for _ in range(200):
        # At half of the requests and twice the odds, two of three bad ones are the candidate's.
        evidence = evidence.after(relative(2.0, 0.5, 2, 1))
        assert evidence.evidence < ENOUGH


def test_healthy_candidates_are_blamed_no_more_often_than_promised() -> None:
    chance, alpha, rollouts = Random(20261121), 0.05, 400  # noqa: S311 - plays requests
    blamed = 0
    for _ in range(rollouts):
        evidence = Sequential()
        for _ in range(60):
            bad = sum(chance.random() < ALLOWED for _ in range(20))
            evidence = evidence.after(absolute(ALLOWED, 20, bad))
            if evidence.evidence >= -log(alpha):
                blamed += 1
                break
    # By a test that keeps alpha so many are exceeded once in more than ten thousand times.
    assert 0 < blamed <= rollouts * alpha + 4 * (rollouts * alpha * (1 - alpha)) ** 0.5
