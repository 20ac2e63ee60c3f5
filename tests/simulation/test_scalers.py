"""The autoscalers of the simulation do what Kubernetes documents, number by number."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from sluiceway.build.autoscaler import KIND
from sluiceway.build.objects import Object
from tests.fakes.hpa import Proposal, Recommendations, limited, propose
from tests.fakes.objects import HOSTNAME, NOW
from tests.simulation.people import People
from tests.simulation.rest import settle
from tests.simulation.scraping import PER_POD, TARGET, boundaries
from tests.simulation.simulation import Simulation

SCALED: Object = {
    "minReplicas": 2,
    "maxReplicas": 10,
    "metrics": [{"type": "CPU", "targetPercent": TARGET}],
}

PROPOSALS = {
    "twice the target: twice the pods": (propose(3, 50, [1000] * 3), Proposal(6, 100)),
    "half of it: half of them, a part is a whole": (propose(5, 50, [250] * 5), Proposal(3, 25)),
    "a tenth more is let be": (propose(4, 50, [550] * 4), Proposal(4, 55)),
    "a tenth less as well": (propose(4, 50, [450] * 4), Proposal(4, 45)),
    "more than a tenth is not": (propose(4, 50, [560] * 4), Proposal(5, 56)),
    "the mean is cut off to whole percents": (propose(4, 50, [559] * 4), Proposal(4, 55)),
    "nothing is known without pods": (propose(4, 50, []), None),
    "unready ones use nothing when more is asked for": (
        propose(4, 50, [1000] * 2, unready=1),
        Proposal(4, 100),
    ),
    "who is unready does not count when less is asked for": (
        propose(4, 50, [250] * 3, unready=1),
        Proposal(2, 25),
    ),
    "unready ones may turn the direction: then nothing is done": (
        propose(6, 50, [750] * 2, unready=4),
        Proposal(6, 75),
    ),
    "missing ones use nothing when more is asked for": (
        propose(3, 50, [1000] * 2, missing=1),
        Proposal(4, 100),
    ),
    "missing ones are busy when less is asked for": (
        propose(4, 50, [100] * 3, missing=1),
        Proposal(3, 10),
    ),
    "and may turn it as well": (propose(3, 50, [400] * 2, missing=1), Proposal(3, 40)),
}


@pytest.mark.parametrize(("found", "expected"), PROPOSALS.values(), ids=PROPOSALS)
def test_a_metric_asks_for(found: Proposal | None, expected: Proposal | None) -> None:
    assert found == expected


def test_the_highest_of_five_minutes_counts() -> None:
    known = Recommendations()
    assert known.highest(NOW, 6) == 6
    assert known.highest(NOW + timedelta(minutes=5), 2) == 6
    assert known.highest(NOW + timedelta(minutes=5, seconds=1), 1) == 2


@pytest.mark.parametrize(
    ("current", "wanted", "expected"), [(1, 9, 4), (3, 9, 6), (5, 12, 8), (5, 1, 2), (5, 4, 4)]
)
def test_nobody_more_than_doubles_nor_leaves_the_range(current: int, wanted: int, expected: int) -> None:
    assert limited(current, wanted, least=2, most=8) == expected


def test_of_a_long_time_the_last_scrapes_are_made() -> None:
    odd = NOW + timedelta(seconds=7)
    assert [at.second for at in boundaries(odd, odd + timedelta(seconds=30))] == [15, 30]
    assert not list(boundaries(NOW, NOW + timedelta(seconds=14)))
    assert list(boundaries(NOW, NOW + timedelta(hours=1)))[-1] == NOW + timedelta(hours=1)
    assert len(list(boundaries(NOW, NOW + timedelta(hours=1)))) < 6


@pytest.fixture
def serving() -> Iterator[Simulation]:
    """A model with an autoscaler, at a load for four pods."""
    with Simulation() as simulation:
        People(simulation, replicas=1, autoscaling=SCALED, traffic=HOSTNAME)
        settle(simulation)
        yield simulation


def numbers(simulation: Simulation, seconds: int, *, pods: bool = True) -> list[int]:
    """Return how many pods are asked for, every 15 s."""
    found = []
    for _ in range(seconds // 15):
        simulation.let_pass(15)
        while pods and any(step() for step in simulation.controllers.steps.values()):
            pass
        deployment = next(iter(simulation.cluster.of_kind("Deployment").values()))
        found.append(deployment["spec"]["replicas"])
    return found


def status(simulation: Simulation) -> Object:
    return dict(next(iter(simulation.cluster.of_kind(KIND).values()))["status"])


def reasons(simulation: Simulation) -> dict[str, tuple[str, str]]:
    return {each["type"]: (each["status"], each["reason"]) for each in status(simulation)["conditions"]}


def test_pods_follow_the_load_a_scrape_late(serving: Simulation) -> None:
    assert numbers(serving, 15) == [4]
    serving.scraping.change(serving.now, 8 * PER_POD)
    assert numbers(serving, 60) == [4, 8, 8, 8]


def test_pods_go_when_the_load_was_low_for_five_minutes(serving: Simulation) -> None:
    serving.let_pass(300)
    serving.scraping.change(serving.now, 3 * PER_POD)
    assert set(numbers(serving, 300)) == {4}
    assert numbers(serving, 60)[-1] == 3


def test_pods_that_load_are_not_taken_for_idle_ones(serving: Simulation) -> None:
    serving.scraping.change(serving.now, 8 * PER_POD)
    assert set(numbers(serving, 120, pods=False)[1:]) == {8}
    told = status(serving)
    assert (told["currentReplicas"], told["currentMetrics"][0]["containerResource"]["current"]) == (
        8,
        {"averageUtilization": 2 * TARGET},
    )


def test_without_metrics_the_pods_stay_as_many(serving: Simulation) -> None:
    serving.scraping.change(serving.now, 8 * PER_POD)
    serving.scraping.away = True
    assert set(numbers(serving, 60)) == {4}
    assert reasons(serving)["ScalingActive"][0] == "False"


def test_the_load_may_ask_for_more_than_the_maximum(serving: Simulation) -> None:
    serving.scraping.change(serving.now, 30 * PER_POD)
    assert numbers(serving, 60)[-1] == 10
    assert reasons(serving)["ScalingLimited"] == ("True", "TooManyReplicas")
