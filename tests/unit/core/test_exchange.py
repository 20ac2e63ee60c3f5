"""Pods of one revision for those of another, inside a budget."""

from __future__ import annotations

import pytest

from sluiceway.core.budget import Budget
from sluiceway.core.exchange import Party, exchanged

IN_PLACE = Budget(whole=4, most=4, base=3)
ONE_MORE = Budget(whole=4, most=5, base=4)


def party(name: str, share: int, asked: int, wished: int, *, steady: bool = False) -> Party:
    return Party(name, share, asked, wished, steady)


@pytest.mark.parametrize(
    ("budget", "parties", "there", "expected"),
    [
        pytest.param(
            IN_PLACE,
            [party("old", 100, 4, 3), party("new", 0, 0, 1)],
            {},
            {"old": 3, "new": 0},
            id="a place is made before anybody asks for it",
        ),
        pytest.param(
            IN_PLACE,
            [party("old", 100, 3, 3), party("new", 0, 0, 1)],
            {"old": 4},
            {"old": 3, "new": 0},
            id="a pod that is ending has its place",
        ),
        pytest.param(
            IN_PLACE,
            [party("old", 100, 3, 3), party("new", 0, 0, 1)],
            {},
            {"old": 3, "new": 1},
            id="then somebody else has it",
        ),
        pytest.param(
            IN_PLACE,
            [party("old", 100, 3, 2), party("new", 0, 1, 2)],
            {},
            {"old": 3, "new": 1},
            id="who has all requests keeps the pods for them",
        ),
        pytest.param(
            IN_PLACE,
            [party("old", 100, 1, 2), party("new", 0, 3, 3)],
            {},
            {"old": 1, "new": 1},
            id="who got them back gets places back, also of who is still tried",
        ),
        pytest.param(
            ONE_MORE,
            [party("old", 100, 2, 4), party("new", 0, 0, 1)],
            {"strangers": 2},
            {"old": 3, "new": 0},
            id="who serves comes first, and pods of others count",
        ),
        pytest.param(
            IN_PLACE,
            [party("new", 100, 3, 4), party("old", 0, 1, 0)],
            {},
            {"new": 3, "old": 0},
            id="who served before gives its last place",
        ),
        pytest.param(
            IN_PLACE,
            [party("old", 100, 3, 4), party("gone", 0, 1, 0, steady=True)],
            {},
            {"old": 3, "gone": 1},
            id="callers may still be on their way to who lost its share",
        ),
    ],
)
def test_places(
    budget: Budget, parties: list[Party], there: dict[str, int], expected: dict[str, int]
) -> None:
    places = {each.name: each.asked for each in parties} | there
    assert exchanged(budget, parties, places, settled=True) == expected


def test_nobody_loses_a_pod_while_the_gateway_gives_other_shares() -> None:
    parties = [party("old", 67, 3, 2), party("new", 33, 1, 2)]
    assert exchanged(IN_PLACE, parties, {"old": 3, "new": 1}, settled=False) == {"old": 3, "new": 1}
