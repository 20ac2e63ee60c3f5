"""How many pods there may be while revisions exchange theirs."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from sluiceway.api.rollout import Rollout
from sluiceway.core.budget import Budget, budget


def given(surge: Any, missing: Any = None) -> Rollout:
    return Rollout.model_validate({"maxSurge": surge, "maxUnavailable": missing})


@pytest.mark.parametrize(
    ("surge", "missing", "whole", "expected"),
    [
        (0, 1, 4, Budget(whole=4, most=4, base=3)),
        (1, None, 4, Budget(whole=4, most=5, base=4)),
        (1, 2, 4, Budget(whole=4, most=5, base=2)),
        ("25%", "25%", 4, Budget(whole=4, most=5, base=3)),
        ("25%", "25%", 5, Budget(whole=5, most=7, base=4)),
        ("0%", "10%", 4, Budget(whole=4, most=4, base=3)),
        (0, 9, 4, Budget(whole=4, most=4, base=1)),
        (0, 1, 1, Budget(whole=1, most=2, base=1)),
        (4, None, 4, None),
        ("100%", None, 4, None),
        (None, None, 4, None),
        (0, 1, 0, None),
    ],
    ids=str,
)
def test_bounds_are_those_of_a_deployment(surge: Any, missing: Any, whole: int, expected: Budget) -> None:
    assert budget(given(surge, missing), whole) == expected


@pytest.mark.parametrize("base", [1, 2, 3, 7, 8, 16, 40, 100, 333])
def test_shares_and_pods_fit_each_other(base: int) -> None:
    found = Budget(whole=base, most=base + 1, base=base)
    for weight in range(101):
        mine, others = found.pods_for(weight), found.pods_for(100 - weight)
        assert mine + others <= base + 1, f"no share could ever become {weight}"
        assert bool(mine) == bool(weight)
        assert Fraction(weight, 100) - Fraction(mine, base) <= Fraction(1, 200)
        assert found.share_of(mine) >= weight
        assert weight == 0 or found.share_of(mine - 1) < weight


@pytest.mark.parametrize("base", [1, 2, 3, 7, 8, 16, 40, 100])
def test_from_each_share_that_pods_carry_one_more_can_be_exchanged(base: int) -> None:
    found = Budget(whole=base, most=base + 1, base=base)
    for pods in range(1, base):
        assert pods + 1 + found.pods_for(100 - found.share_of(pods)) <= found.most


@pytest.mark.parametrize(
    ("found", "at_once"),
    [
        (Budget(whole=4, most=4, base=3), False),
        (Budget(whole=4, most=4, base=2), False),
        (Budget(whole=4, most=7, base=4), False),
        (Budget(whole=4, most=7, base=3), True),
    ],
    ids=str,
)
def test_it_says_beforehand_when_a_return_has_to_wait(found: Budget, *, at_once: bool) -> None:
    assert (found.words("fraud-1a2b3") == "") is at_once
