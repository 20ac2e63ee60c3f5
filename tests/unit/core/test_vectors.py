"""What a query found is a count for each series, or no answer, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf, nan

import pytest

from sluiceway.core.vectors import NoAnswer, Vector, vector

Samples = list[tuple[Mapping[str, str], float]]

NO_COUNTS: dict[str, tuple[Samples, str]] = {
    "no series": ([], "it found no series: a metric or a label of that name does not exist (now)"),
    "what is no number": ([({}, nan)], "it found nan, which is no count of requests"),
    "infinitely many": ([({}, inf)], "it found inf, which is no count of requests"),
    "infinitely few": ([({}, -inf)], "it found -inf, which is no count of requests"),
    "fewer than none": ([({}, -1.0)], "it found -1.0, which is no count of requests"),
    "one of these among others": (
        [({"pod": "a"}, 3.0), ({"pod": "b"}, nan), ({"pod": "c"}, 4.0)],
        "it found nan, which is no count of requests",
    ),
}


@pytest.mark.parametrize("what", NO_COUNTS)
def test_no_answer_is(what: str) -> None:
    samples, words = NO_COUNTS[what]
    assert vector(samples) == NoAnswer(words, empty=not samples)


def test_none_of_something_that_is_there_is_an_answer() -> None:
    assert vector([({"pod": "a"}, 0.0)]) == Vector({(("pod", "a"),): 0.0})


def test_a_series_is_known_by_its_labels_in_whatever_order() -> None:
    there = vector([({"pod": "a", "code": "500"}, 3.0), ({"pod": "b", "code": "500"}, 4.0)])
    back = vector([({"code": "500", "pod": "b"}, 4.0), ({"code": "500", "pod": "a"}, 3.0)])
    assert there == back
    assert isinstance(there, Vector)
    assert set(there.samples) == {(("code", "500"), ("pod", "a")), (("code", "500"), ("pod", "b"))}
    assert there.total == 7.0
