"""The least that is known of how long requests have been in flight."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluiceway.core.trail import LONGEST_SECONDS, Pair, Trail

_AGES = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)


def walked(*looks: tuple[Pair, Pair], every: float = 0.5) -> Trail:
    """Return the trail of looks, each with how many have begun and how many are in flight."""
    trail = Trail()
    for number, (begun, in_flight) in enumerate(looks):
        at = number * every
        trail = trail.looked(begun, in_flight, asked_at=at, answered_at=at)
    return trail


CASES: dict[str, tuple[Trail, float, int]] = {
    "nobody has looked": (Trail(), 0.5, 0),
    "one look alone": (walked(((3, 0), (3, 0))), 0.5, 0),
    "nobody came since": (walked(((3, 0), (3, 0)), ((3, 0), (3, 0))), 0.5, 3),
    "not so long ago": (walked(((3, 0), (3, 0)), ((3, 0), (3, 0))), 0.6, 0),
    "as many came as are there": (walked(((3, 0), (3, 0)), ((6, 0), (3, 0))), 0.5, 0),
    "more came than are there": (walked(((3, 0), (3, 0)), ((9, 0), (3, 0))), 0.5, 0),
    "some are left": (walked(((3, 0), (3, 0)), ((5, 0), (4, 0))), 0.5, 2),
    "traffic over HTTP says nothing of gRPC": (walked(((9, 2), (0, 2)), ((99, 2), (1, 2))), 0.5, 2),
}


@pytest.mark.parametrize("case", CASES)
def test_of_those_in_flight_are_older_when(case: str) -> None:
    trail, seconds, expected = CASES[case]
    assert trail.older_than(seconds) == expected


def test_a_look_that_took_long_is_taken_at_its_worst() -> None:
    first = Trail().looked((3, 0), (3, 0), asked_at=0.0, answered_at=0.3)
    second = first.looked((3, 0), (3, 0), asked_at=0.5, answered_at=0.9)
    # What had begun by the first look may have begun at 0.3, and the second may speak of 0.5.
    assert (second.older_than(0.2), second.older_than(0.3)) == (3, 0)


def test_an_hour_of_looks_is_a_short_list_that_tells_every_age() -> None:
    trail = Trail()
    for number in range(7200):
        trail = trail.looked((1, 0), (1, 0), asked_at=number / 2, answered_at=number / 2)
        assert len(trail.looks) <= 160
        assert trail.older_than(min(LONGEST_SECONDS, number / 2 * 3 / 4)) == 1


@pytest.mark.parametrize("seconds", [0.5, 4.0, 10.0, 30.0, 60.0, 600.0, 3600.0])
def test_when_nobody_is_answered_any_more_it_is_seen_in_time(seconds: float) -> None:
    trail, hung_at, seen = Trail(), 100.0, 0.0
    for number in range(int(2 * (hung_at + 1.3 * seconds)) + 4):
        at, begun = number / 2, 5 * number
        in_flight = max(0, begun - int(10 * hung_at))
        trail = trail.looked((begun, 0), (in_flight, 0), asked_at=at, answered_at=at)
        if trail.older_than(seconds):
            seen = at
            break
    assert hung_at + seconds < seen <= hung_at + 1 + max(seconds, 30 + 1.25 * (seconds - 30))


def queue(chance: Random, order: str, rate: float, busy: float) -> Iterator[tuple[float, int, list[float]]]:
    """Yield moments of a server: the time, how many have begun, and since when those in flight are."""
    flying: list[float] = []
    begun = 0
    for number in range(160):
        now = number * 0.25
        if chance.random() < rate:
            arrivals = chance.randint(1, 4)
            flying += [now] * arrivals
            begun += arrivals
        while flying and chance.random() < busy:
            flying.pop(0 if order == "first come" else chance.randrange(len(flying)))
        if number % 2 == 0:
            yield now, begun, list(flying)


@given(
    chance=st.randoms(),
    order=st.sampled_from(["first come", "any"]),
    rate=st.floats(0, 1),
    busy=st.floats(0, 0.95),
    late=st.floats(0, 0.2),
)
def test_never_more_than_the_truth(chance: Random, order: str, rate: float, busy: float, late: float) -> None:
    trail = Trail()
    for now, begun, flying in queue(chance, order, rate, busy):
        trail = trail.looked((begun, 0), (len(flying), 0), asked_at=now - late, answered_at=now + late)
        for seconds in _AGES:
            truth = sum(now - since >= seconds for since in flying)
            assert trail.older_than(seconds) <= truth


@given(chance=st.randoms(), rate=st.floats(0, 1), busy=st.floats(0, 0.95))
def test_first_come_first_served_it_is_the_truth_of_the_looks_that_are_kept(
    chance: Random, rate: float, busy: float
) -> None:
    trail = Trail()
    for now, begun, flying in queue(chance, "first come", rate, busy):
        trail = trail.looked((begun, 0), (len(flying), 0), asked_at=now, answered_at=now)
        for at, _ in trail.looks[:-1]:
            truth = sum(since <= at for since in flying)
            assert trail.older_than(now - at) == truth
