"""What an objective makes of a guard's counts: every answer is one request, and bad only where it says so."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sluiceway.api.objectives import Objective
from sluiceway.build.guard.ladder import BUCKETS_MILLISECONDS
from sluiceway.core.counts import CODES, Counts
from sluiceway.core.objectives import Share, share
from sluiceway.core.readings import Reading
from sluiceway.core.tally import Moment, Tally
from tests.fakes.objects import NOW

FAILED = Objective.model_validate({"name": "answers", "type": "ErrorRate", "targetPercent": "99.5"})
REFUSED = Objective.model_validate({"name": "callers", "type": "CallerError"})
SLOW = Objective.model_validate(
    {"name": "fast", "type": "Latency", "thresholdMilliseconds": 250, "targetPercent": "99"}
)
NOTHING, GOOD, BAD = Share(), Share(1, 0), Share(1, 1)


def of(objective: Objective, **given: Any) -> Objective:
    """Return the objective with other fields, as the API writes them."""
    return Objective.model_validate(objective.model_dump(by_alias=True, exclude_defaults=True) | given)


def judged(objective: Objective, counts: Counts) -> Share:
    return share(objective, Tally(reading=Reading(counts)))


def code(number: int, *, stream: bool = False) -> Counts:
    """Return one gRPC answer with this status."""
    one = tuple(int(each == number) for each in range(CODES))
    return Counts(grpc_stream=one) if stream else Counts(grpc=one)


HTTP = {0: (NOTHING, NOTHING), 1: (GOOD, GOOD), 2: (GOOD, GOOD), 3: (GOOD, BAD), 4: (BAD, GOOD)}
"""By the place in `CLASSES`: what it is to `ErrorRate`, and to `CallerError`."""


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("place", HTTP)
def test_an_http_answer_counts_by_its_class(place: int, stream: bool) -> None:
    one = tuple(int(each == place) for each in range(5))
    counts = Counts(http_stream=one) if stream else Counts(http=one)
    assert (judged(FAILED, counts), judged(REFUSED, counts)) == HTTP[place]
    assert judged(SLOW, counts) == NOTHING


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("number", range(CODES))
def test_a_grpc_answer_counts_by_its_status(number: int, stream: bool) -> None:
    counts = code(number, stream=stream)
    if number == 1:
        # CANCELLED: the caller left, which is nobody's failure and no answer either.
        assert judged(FAILED, counts) == judged(REFUSED, counts) == NOTHING
        return
    assert judged(FAILED, counts) == (BAD if number in {2, 4, 8, 13, 14, 15} else GOOD)
    assert judged(REFUSED, counts) == (BAD if number in {3, 5, 6, 7, 9, 11, 12, 16} else GOOD)


def test_codes_that_are_chosen_take_the_place_of_the_usual_ones() -> None:
    chosen = of(FAILED, grpcCodes=["ABORTED"])
    assert judged(chosen, code(10)) == BAD
    assert judged(chosen, code(14)) == GOOD
    assert judged(chosen, Counts(http=(0, 0, 0, 0, 1))) == BAD


def test_an_answer_that_broke_off_is_bad_and_counted_once() -> None:
    # Its status had come before: it is among the 2xx.
    counts = Counts(http=(0, 5, 0, 0, 0), broken_off=(1,))
    assert judged(FAILED, counts) == Share(5, 1)
    assert judged(REFUSED, counts) == Share(5, 0)


@pytest.mark.parametrize("threshold", [BUCKETS_MILLISECONDS[0], 250, BUCKETS_MILLISECONDS[-1]])
def test_an_answer_is_slow_that_took_longer_than_the_threshold(threshold: int) -> None:
    objective = of(SLOW, thresholdMilliseconds=threshold)
    place = BUCKETS_MILLISECONDS.index(threshold)
    at_most = Counts(
        within=tuple(int(each >= place) for each in range(len(BUCKETS_MILLISECONDS))), timed=(1,)
    )
    longer = Counts(within=tuple(int(each > place) for each in range(len(BUCKETS_MILLISECONDS))), timed=(1,))
    assert judged(objective, at_most) == GOOD
    assert judged(objective, longer) == BAD


def waited(in_flight: int, *, seconds: float = 12, counts: Counts | None = None) -> Tally:
    """Return a guard with so many requests that began at once, *seconds* later."""
    reading = Reading(counts or Counts(), (in_flight, 0), (5, 0), uptime=3600)
    before = replace(reading, counts=Counts(), in_flight=(5, 0))
    tally = Tally().took(Reading(uptime=3600), Moment(NOW, 0.0, 0.0))
    tally = tally.took(before, Moment(NOW, 0.5, 0.5))
    return tally.took(reading, Moment(NOW, 0.5 + seconds, 0.5 + seconds))


def test_overdue_requests_are_bad_but_not_the_callers_mistake() -> None:
    assert share(FAILED, waited(5)) == share(SLOW, waited(5)) == Share(5, 5)
    assert share(REFUSED, waited(5)) == NOTHING
    assert share(FAILED, waited(5, seconds=9)) == NOTHING
    assert share(of(FAILED, timeoutSeconds=20), waited(5)) == NOTHING


AFTERWARDS = {
    "answered well": (Counts(http=(0, 5, 0, 0, 0), timed=(5,)), NOTHING),
    "answered badly": (Counts(http=(0, 0, 0, 0, 5), timed=(5,)), NOTHING),
    "given up by their callers": (Counts(abandoned=(5,)), NOTHING),
}


@pytest.mark.parametrize("end", AFTERWARDS)
@pytest.mark.parametrize("objective", [FAILED, SLOW], ids=["ErrorRate", "Latency"])
def test_what_was_overdue_is_counted_once_however_it_ends(objective: Objective, end: str) -> None:
    counts, news = AFTERWARDS[end]
    overdue, ended = share(objective, waited(5)), share(objective, waited(0, counts=counts))
    assert overdue == Share(5, 5)
    assert ended.since(overdue) == news


@pytest.mark.parametrize("timeout", [61, 600, 3600])
def test_a_timeout_may_be_as_long_as_the_api_allows(timeout: int) -> None:
    objective = of(FAILED, timeoutSeconds=timeout)
    tally, seconds = Tally(), 0.0
    for number in range(int(1.4 * timeout) + 4):
        seconds = 1.0 * number
        begun = 3 if number > 1 else 0
        looked = Reading(in_flight=(begun, 0), begun=(begun, 0), uptime=3600 + number)
        tally = tally.took(looked, Moment(NOW, seconds, seconds))
        if number == timeout:
            assert share(objective, tally) == NOTHING
    assert share(objective, tally) == Share(3, 3)
