"""Bad requests of two revisions: an exact law, and never more evidence for being careful."""

from __future__ import annotations

from math import comb, exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluiceway.core.objectives import Share
from sluiceway.core.pooled import ratios
from sluiceway.core.sequential import relative

ENOUGH = -log(0.001)
ROUNDING = 1e-9

requests = st.integers(1, 120)
shares = requests.flatmap(lambda most: st.builds(Share, st.just(most), st.integers(0, most)))
odds = st.sampled_from([1.0, 2.0])


@pytest.mark.parametrize("tolerated", [1.0, 2.0])
@pytest.mark.parametrize(
    ("candidate", "stable", "bad"), [(1, 19, 3), (10, 10, 6), (40, 5, 20), (7, 0, 3), (5, 95, 60)]
)
def test_every_alternative_keeps_what_it_has_on_average_while_both_are_alike(
    candidate: int, stable: int, bad: int, tolerated: float
) -> None:
    numbers = range(max(0, bad - stable), min(bad, candidate) + 1)
    ways = [comb(candidate, mine) * comb(stable, bad - mine) * tolerated**mine for mine in numbers]
    average = [0.0] * len(ratios(tolerated, Share(candidate), Share(stable)))
    for mine, way in zip(numbers, ways, strict=True):
        found = ratios(tolerated, Share(candidate, mine), Share(stable, bad - mine))
        average = [sum_ + way / sum(ways) * exp(one) for sum_, one in zip(average, found, strict=True)]
    assert average == pytest.approx([1.0] * len(average))


@given(shares, shares, odds, st.integers(0, 120), st.integers(0, 120))
def test_more_bad_ones_beside_or_fewer_requests_are_never_more_evidence(
    mine: Share, theirs: Share, tolerated: float, fewer: int, more: int
) -> None:
    careful = Share(max(1, theirs.requests - fewer), theirs.bad + more)
    found, less = (ratios(tolerated, mine, each) for each in (theirs, careful))
    assert all(one <= other + ROUNDING for one, other in zip(less, found, strict=True))


@given(shares, shares, odds)
def test_the_exact_law_tells_no_less_than_the_wider_one(mine: Share, theirs: Share, tolerated: float) -> None:
    part = mine.requests / (mine.requests + theirs.requests)
    wider = relative(tolerated, part, mine.bad, theirs.bad)
    found = ratios(tolerated, mine, theirs)
    assert all(one <= other + ROUNDING for one, other in zip(wider, found, strict=True))


def test_a_million_requests_are_counted_too() -> None:
    found = ratios(1.0, Share(1_000_000, 64), Share(1_000_000, 0))
    assert max(found) == pytest.approx(64 * log(2), rel=0.01)
    assert max(ratios(1.0, Share(1_000_000, 1_000_000), Share(1_000_000, 0))) > ENOUGH
