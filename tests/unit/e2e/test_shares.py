"""Shares that callers see: what is counted, and what is improbable."""

from __future__ import annotations

import random

import pytest

from e2e.load import Answer
from e2e.shares import Change, Count, changes, counts, improbable, lateness, pooled
from e2e.show import stretches
from e2e.watching import Heard


def answers(label: str, *sent: float) -> list[Answer]:
    return [Answer(at, 0.01, protocol, label, "") for at in sent for protocol in ("http", "grpc")]


def test_weights_are_told_by_the_label_of_each_revision_and_only_when_they_change() -> None:
    def heard(at: float, **weights: int) -> Heard:
        backends = [{"name": name, "weight": weight} for name, weight in weights.items()]
        return Heard(at, {"spec": {"rules": [{"backendRefs": backends}]}})

    route = [heard(1, a=100), heard(2, a=100), heard(3, a=80, b=20), heard(4, a=80, b=20), heard(5, b=100)]
    assert changes(route, {"a": "old", "b": "new"}) == [
        Change(1, {"old": 100}),
        Change(3, {"old": 80, "new": 20}),
        Change(5, {"new": 100}),
    ]


def test_only_what_was_sent_and_answered_while_the_weights_held_counts() -> None:
    route = [Change(10, {"old": 80, "new": 20}), Change(20, {"old": 100}), Change(30, {})]
    given = [*answers("old", 10.5, 15, 19.8, 25), *answers("new", 15, 20.5)]
    found = {
        (count.label, count.percent): (count.hits, count.total)
        for count in counts(given, route, ["old", "new"])
    }
    assert found == {("old", 80): (1, 2), ("new", 20): (1, 2), ("old", 100): (1, 1), ("new", 0): (0, 1)}


def test_how_late_the_last_request_comes_after_all_were_taken() -> None:
    route = [Change(10, {"old": 100}), Change(20, {"old": 50, "new": 50}), Change(30, {"old": 100, "new": 0})]
    route.append(Change(40, {"new": 100}))
    given = [*answers("new", 25, 30.25, 29.9, 45), *answers("old", 35, 39.5)]
    assert lateness(given, route) == [0.25, 0.0]


def test_counts_of_equal_weights_add_up() -> None:
    given = [
        Count("new", "http", 20, 3, 10),
        Count("new", "http", 20, 1, 10),
        Count("new", "grpc", 20, 2, 10),
    ]
    assert pooled(given) == [Count("new", "http", 20, 4, 20), Count("new", "grpc", 20, 2, 10)]


@pytest.mark.parametrize(
    ("percent", "hits", "total", "complaint"),
    [
        (20, 0, 20, False),
        (20, 0, 100, True),
        (20, 250, 1000, False),
        (20, 280, 1000, True),
        (20, 120, 1000, True),
        (0, 0, 5000, False),
        (0, 1, 5000, True),
        (100, 5000, 5000, False),
        (100, 4999, 5000, True),
    ],
)
def test_what_is_improbable(percent: int, hits: int, total: int, complaint: bool) -> None:
    assert bool(improbable([Count("new", "http", percent, hits, total)])) is complaint


def test_a_fair_gateway_gets_no_complaint_in_many_counts() -> None:
    chance = random.Random(1)  # noqa: S311 - no secret
    drawn = [
        (percent, sum(chance.random() < percent / 100 for _ in range(300))) for percent in [5, 20, 50] * 100
    ]
    assert improbable([Count("new", "http", percent, hits, 300) for percent, hits in drawn]) == []


def test_the_demo_counts_each_stretch_of_equal_weight_from_the_moment_on() -> None:
    route = [Change(5, {"old": 100}), Change(20, {"old": 75, "new": 25}), Change(30, {"new": 100})]
    failed = Answer(25, 10.0, "http", "", "TimeoutError")
    given = [*answers("old", 11, 20.1, 21, 22, 23), *answers("new", 24, 31), failed]
    found = [stretch.cells for stretch in stretches(given, route, "new", began=10)]
    assert found == [
        ("0.0 s", "0 %", "0.0 %", "0.0 %", "2", "0"),
        ("10.0 s", "25 %", "25.0 %", "25.0 %", "9", "1"),
        ("20.0 s", "100 %", "100.0 %", "100.0 %", "2", "0"),
    ]
