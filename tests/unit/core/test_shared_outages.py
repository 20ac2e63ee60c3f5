"""What hits both revisions at the same moment is nobody's guilt, whenever each of them is read."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sluiceway.core.trial import bounds
from tests.unit.core.outages import INTERVAL, Outage, Poisson, Side, Steady, looked, spread

BEGIN = 3.0
ROUNDS = 24
WEIGHTS = [5, 25, 50, 75, 95]
SAMPLES = [1, 4]

weights, rates = st.sampled_from(WEIGHTS), st.sampled_from([20, 200, 2000, 20_000])
many = st.sampled_from([2000, 20_000])
"""With few requests at regular distances, a rhythm may meet those of one revision and miss the other's."""
begins = st.floats(BEGIN, BEGIN + INTERVAL)


def blamed(weight: int, rate: float, outages: list[Outage], samples: int, offsets: Iterator[float]) -> bool:
    """Tell whether a candidate that answers as well as the stable one is ever called worse."""
    limits = bounds(allowed=0.005, alpha=0.001, samples=samples)
    candidate = Side(Steady(rate * weight / 100), outages)
    stable = Side(Steady(rate * (100 - weight) / 100, phase=0.3), outages)
    trials = looked(candidate, stable, limits, offsets=offsets, rounds=ROUNDS)
    return any(trial.is_worse(limits) for trial in trials)


def repeated(began: float, down: float, up: float) -> list[Outage]:
    """Return outages of *down* seconds, *up* seconds apart, until nobody looks any more."""
    number = int((ROUNDS * INTERVAL - began) / (down + up)) + 1
    return [(began + each * (down + up), began + each * (down + up) + down) for each in range(number)]


@pytest.mark.parametrize("samples", SAMPLES)
@given(st.tuples(weights, rates), st.tuples(begins, st.floats(0.01, 6.0)), st.floats(0.0, INTERVAL))
@example((5, 20_000), (3.01, 0.6), 0.35)
@example((75, 2000), (3.09, 0.3), 0.27)
def test_one_outage_blames_nobody(
    samples: int, load: tuple[int, int], outage: tuple[float, float], offset: float
) -> None:
    began, seconds = outage
    assert not blamed(*load, [(began, began + seconds)], samples, repeat(offset))


@pytest.mark.parametrize("samples", SAMPLES)
@given(
    st.tuples(weights, many),
    st.tuples(begins, st.floats(0.05, 2.0), st.floats(0.05, 2.0)),
    st.randoms(use_true_random=False),
)
def test_nor_do_many_whatever_their_rhythm(
    samples: int, load: tuple[int, int], rhythm: tuple[float, float, float], chance: Random
) -> None:
    assert not blamed(*load, repeated(*rhythm), samples, spread(chance))


@pytest.mark.parametrize("samples", SAMPLES)
@pytest.mark.parametrize("weight", WEIGHTS)
def test_nor_do_looks_that_drift_apart(samples: int, weight: int) -> None:
    """Two looks in a row at the stable one alone come later: more of its requests fall between them."""
    offsets = chain([0.0] * 18, [0.25, 0.5], repeat(0.5))
    assert not blamed(weight, 20_000, repeated(3.5, 0.5, 1.0), samples, offsets)


@pytest.mark.parametrize("samples", SAMPLES)
@pytest.mark.parametrize("weight", WEIGHTS)
@pytest.mark.parametrize("seconds", [0.2, 0.7, 2.0])
def test_nor_while_requests_come_at_random(samples: int, weight: int, seconds: float) -> None:
    limits = bounds(allowed=0.005, alpha=0.001, samples=samples)
    for seed in range(10):
        chance = Random(seed)  # noqa: S311 - plays requests
        outages = repeated(BEGIN + chance.random(), seconds, 0.7)
        candidate, stable = (
            Side(Poisson(0.8 * share, (ROUNDS + 2) * INTERVAL, chance), outages)
            for share in (weight, 100 - weight)
        )
        trials = looked(candidate, stable, limits, offsets=spread(chance), rounds=ROUNDS)
        assert not any(trial.is_worse(limits) for trial in trials)


@pytest.mark.parametrize(("samples", "most"), [(1, 1), (4, 5)])
@pytest.mark.parametrize("weight", [5, 25, 50, 75])
def test_what_hits_the_candidate_alone_is_seen_at_once(samples: int, most: int, weight: int) -> None:
    limits = bounds(allowed=0.005, alpha=0.001, samples=samples)
    candidate = Side(Steady(2.0 * weight), [(BEGIN, 99.0)])
    stable = Side(Steady(2.0 * (100 - weight)))
    trials = list(looked(candidate, stable, limits, offsets=repeat(0.2), rounds=ROUNDS))
    seen = next(number for number, trial in enumerate(trials, 1) if trial.is_worse(limits))
    assert seen * INTERVAL <= BEGIN + most * INTERVAL
