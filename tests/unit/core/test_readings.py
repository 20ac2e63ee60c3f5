"""What is read from a guard's answer, and what is no answer of a guard."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluiceway.build.guard.ladder import BUCKETS_MILLISECONDS
from sluiceway.core.counts import Counts
from sluiceway.core.readings import MalformedError, Reading, Updates, read
from tests.fakes.counters import answer, histogram


def test_what_was_never_counted_is_nothing() -> None:
    assert read(answer()) == Reading(uptime=7)


def test_statuses_are_told_apart_by_protocol_and_by_stream() -> None:
    counts = read(
        answer(
            cluster__http__upstream_rq_2xx=1,
            cluster__http__upstream_rq_5xx=2,
            cluster__http_stream__upstream_rq_5xx=3,
            cluster__grpc__upstream_rq_2xx=9,
            cluster__grpc__grpc__0=4,
            cluster__grpc__grpc__14=5,
            cluster__grpc_stream__grpc__16=6,
        )
    ).counts
    assert counts.http == (0, 1, 0, 0, 2)
    assert counts.http_stream == (0, 0, 0, 0, 3)
    assert counts.grpc == (4, *[0] * 13, 5, 0, 0)
    assert counts.grpc_stream == (*[0] * 16, 6)


def test_a_code_beyond_those_of_grpc_is_an_unknown_error() -> None:
    assert read(answer(cluster__grpc__grpc__99=2)).counts.grpc[2] == 2


def test_latencies_of_both_protocols_are_added() -> None:
    counts = read(answer({"http": [3, 40, 70_000], "grpc": [3]})).counts
    within = dict(zip(BUCKETS_MILLISECONDS, counts.within, strict=True))
    assert (within[2], within[5], within[30], within[40], within[60_000]) == (0, 2, 2, 3, 3)
    assert counts.timed == (4,)
    assert [counts.slower_than(each) for each in (2, 5, 40, 60_000)] == [4, 2, 1, 1]


def test_callers_that_left_and_answers_that_broke_off() -> None:
    found = read(
        answer(
            cluster__http__upstream_rq_total=5,
            cluster__http__upstream_rq_active=2,
            cluster__http__upstream_cx_destroy_local_with_active_rq=3,
            cluster__grpc__upstream_rq_total=1,
            cluster__grpc__upstream_rq_tx_reset=4,
            # Over HTTP/2 a connection serves many: that it ended says nothing of how many left.
            cluster__grpc__upstream_cx_destroy_local_with_active_rq=1,
            http__http__downstream_rq_tx_reset=6,
            http__grpc__downstream_rq_tx_reset=7,
        )
    )
    assert (found.begun, found.in_flight) == ((5, 1), (2, 0))
    assert (found.counts.abandoned, found.counts.broken_off) == ((7,), (13,))


def test_tables_of_routes_are_named() -> None:
    told = answer(http__own__rds__own__update_success=2, http__own__rds__own__update_rejected=1)
    assert read(told).tables == {"own": Updates(taken=2, rejected=1)}


def test_what_else_envoy_counts_is_passed_over() -> None:
    told = read(answer(cluster__http_aside__upstream_rq_5xx=9, cluster__http__upstream_cx_total=9))
    assert told.counts == Counts()


def _with_buckets(buckets: Any) -> Any:
    entry = {"name": "cluster.http.upstream_rq_time", "buckets": buckets}
    return {"stats": [{"name": "server.uptime", "value": 1}, {"histograms": [entry]}]}


_RIGHT = histogram("x", [3])["buckets"]
WRONG: dict[str, tuple[Any, str]] = {
    "nothing": (None, "no list of stats"),
    "a list": ([], "no list of stats"),
    "no list": ({"stats": 5}, "no list of stats"),
    "a list of other things": ({"stats": ["x"]}, "no list of stats"),
    "another server's": ({"stats": []}, "server.uptime is missing"),
    "a number below zero": (answer(cluster__http__upstream_rq_2xx=-1), "upstream_rq_2xx is -1, not a count"),
    "a part of a number": (answer(cluster__http__upstream_rq_2xx=1.0), "is 1.0, not a count"),
    "a truth": (answer(cluster__http__upstream_rq_2xx=True), "is True, not a count"),
    "words": (answer(cluster__http__upstream_rq_2xx="7"), "is '7', not a count"),
    "no number": (answer(cluster__http__upstream_rq_2xx=None), "is None, not a count"),
    "histograms that are none": ({"stats": [{"histograms": "x"}]}, "no list of histograms"),
    "no buckets": (_with_buckets(None), "no list of buckets"),
    "fewer buckets": (_with_buckets(_RIGHT[:-1]), "other buckets than this operator knows"),
    "a bucket without a count": (
        _with_buckets([*_RIGHT[:-1], _RIGHT[-1] | {"cumulative": None}]),
        "not a count",
    ),
    "buckets that fall": (_with_buckets([*_RIGHT[:-1], _RIGHT[-1] | {"cumulative": 0}]), "falls"),
}


@pytest.mark.parametrize("what", WRONG)
def test_no_answer_of_a_guard_is(what: str) -> None:
    document, words = WRONG[what]
    with pytest.raises(MalformedError, match=words):
        read(document)


_KEYS = st.sampled_from(["stats", "name", "value", "histograms", "buckets", "cumulative"]) | st.text(
    max_size=3
)
_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(_json)
def test_whatever_comes_is_read_or_refused(document: Any) -> None:
    try:
        found = read(document)
    except MalformedError:
        return
    assert isinstance(found, Reading)
