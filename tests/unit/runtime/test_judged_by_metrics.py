"""Rollouts that are judged by what providers of metrics say, beside the guards or without any."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from math import inf, nan
from re import findall
from typing import Any

import pytest

from sluiceway.core.vectors import NoAnswer
from tests.fakes.metrics import Metrics
from tests.fakes.providers import Said
from tests.fakes.trials import ANSWERS, LONG, NEXT, ROLLOUT, at_its_first_share, is_back, slo
from tests.fakes.users import Users, every, inhabited, live, none
from tests.fakes.world import World

GATEWAY = {"gateway": {"provider": "main"}}
QUERY = {
    "provider": "main",
    "total": 'sum(lookups_total{pod=~"{{revision}}-.*"})',
    "bad": 'sum(misses_total{pod=~"{{revision}}-.*"})',
}
FEATURES = {"name": "features", "type": "Custom", "targetPercent": "99", "query": QUERY}
BOTH: dict[str, dict[str, Any]] = {"gateway": GATEWAY, "query": {"objectives": [ANSWERS, FEATURES]}}


def tried(what: str, **given: Any) -> tuple[World, Users, Metrics, str, str]:
    metrics = Metrics()
    world, users, stable, candidate = at_its_first_share(metrics, **{**BOTH[what], **given})
    return world, users, metrics, stable, candidate


@pytest.mark.parametrize(
    ("what", "told"),
    [("gateway", "requests failed at the gateway"), ("query", "events were bad")],
)
def test_what_guards_do_not_see_is_evidence_too(what: str, told: str) -> None:
    world, users, metrics, stable, candidate = tried(what)
    metrics.ends[candidate] = every(2)
    assert live(world, 30, until=lambda: is_back(world, stable))
    live(world, 2)
    assert users.failed[candidate] == 0
    assert told in world.message("RolledBack")
    assert world.condition("RolledBack") == ("True", "ObjectiveBroken")


@pytest.mark.parametrize("what", BOTH)
def test_a_breach_that_the_guards_alone_see_is_one(what: str) -> None:
    world, users, _, stable, candidate = tried(what)
    users.ends[candidate] = every(2)
    assert live(world, 30, until=lambda: is_back(world, stable))


@pytest.mark.parametrize("what", BOTH)
def test_who_is_well_for_all_that_measure_takes_over_and_is_baked(what: str) -> None:
    world, _, metrics, stable, candidate = tried(what)
    assert live(world, LONG, until=lambda: world.memory.stable == candidate)
    assert world.condition("SignalsAvailable") == ("True", "Measured")
    assert "metrics come from main" in world.message("SignalsAvailable")
    assert live(world, LONG, until=lambda: not world.memory.previous)
    asked = len(metrics.asked)
    live(world, 30)
    assert len(metrics.asked) == asked, "a provider is asked at rest"
    assert stable != candidate


@pytest.mark.parametrize("what", BOTH)
def test_a_breach_in_the_bake_returns_the_requests(what: str) -> None:
    world, _, metrics, stable, candidate = tried(what)
    assert live(world, LONG, until=lambda: world.memory.stable == candidate)
    metrics.ends[candidate] = every(2)
    assert live(world, 30, until=lambda: world.weights.get(stable) == 100)
    live(world, 2)
    assert world.condition("RolledBack") == ("True", "ObjectiveBroken")


@pytest.mark.parametrize("what", BOTH)
def test_what_hits_both_blames_nobody(what: str) -> None:
    world, _, metrics, stable, candidate = tried(what)
    metrics.ends = {stable: every(2), candidate: every(2)}
    assert live(world, 60, until=lambda: world.condition("CandidateHealthy") == ("False", "StableBroken"))
    live(world, 60)
    assert (world.memory.candidate, world.memory.weight) == (candidate, 10)


def away(_query: str, _said: Said) -> NoAnswer:
    return NoAnswer("no answer within 2 s")


def empty(_query: str, _said: Said) -> Said:
    return {}


def not_a_number(_query: str, said: Said) -> Said:
    return dict.fromkeys(said, nan)


def infinite(_query: str, said: Said) -> Said:
    return dict.fromkeys(said, inf)


def two_series(query: str, said: Said) -> Said:
    return {(("pod", "a"),): 1.0, (("pod", "b"),): 2.0} if "envoy_cluster" not in query else {}


def bad_is_missing(query: str, said: Said) -> Said:
    return {} if "misses" in query or "envoy_cluster" in query else said


FAULTS = (away, empty, not_a_number, infinite, two_series, bad_is_missing)


@pytest.mark.parametrize("what", BOTH)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_what_is_missing_is_told_and_is_neither_a_pass_nor_a_breach(
    what: str, fault: Callable[[str, Said], Said | NoAnswer]
) -> None:
    """A provider that is away for a minute and more, with a candidate that is well."""
    world, _, metrics, _, candidate = tried(what, noDataSeconds=30)
    live(world, 3)
    metrics.twisted = fault
    live(world, 60)
    assert (world.memory.candidate, world.memory.weight) == (candidate, 10)
    assert world.condition("SignalsAvailable") == ("False", "QueryFailed")
    assert "provider main, since 2026-" in world.message("SignalsAvailable")
    assert world.condition("Ready") == ("False", "SignalsMissing")
    metrics.twisted = lambda _query, said: said
    assert live(world, LONG, until=lambda: world.memory.stable == candidate)


@pytest.mark.parametrize("what", BOTH)
@pytest.mark.parametrize("choice", ["Rollback", "Continue"])
def test_after_long_enough_the_user_decides_about_what_is_missing(what: str, choice: str) -> None:
    world, _, metrics, stable, candidate = tried(what, noDataSeconds=30, onNoData=choice)
    live(world, 3)
    metrics.twisted = away
    live(world, 10)
    assert (world.memory.candidate, world.memory.weight) == (candidate, 10)
    if choice == "Rollback":
        assert live(world, 60, until=lambda: is_back(world, stable))
        live(world, 2)
        assert world.condition("RolledBack") == ("True", "SignalsMissing")
    else:
        assert live(world, LONG, until=lambda: world.memory.stable == candidate)


@pytest.mark.parametrize("what", BOTH)
def test_what_the_guards_see_counts_while_the_metrics_are_missing(what: str) -> None:
    world, users, metrics, stable, candidate = tried(what, noDataSeconds=30, onNoData="Continue")
    metrics.twisted = away
    live(world, 20)
    users.ends[candidate] = every(2)
    assert live(world, 30, until=lambda: is_back(world, stable))
    live(world, 2)
    assert world.condition("RolledBack") == ("True", "ObjectiveBroken")


@pytest.mark.parametrize("what", BOTH)
def test_counters_that_begin_anew_blame_nobody(what: str) -> None:
    world, _, metrics, _, candidate = tried(what)
    for _ in range(5):
        live(world, 3)
        metrics.counted.clear()
    assert candidate in (world.memory.candidate, world.memory.stable)


@pytest.mark.parametrize("what", BOTH)
def test_nobody_is_blamed_for_what_was_counted_before(what: str) -> None:
    """As many bad requests on the counters as a window of time would hold of the candidate before."""
    world, _, metrics, stable, candidate = tried(what)
    metrics.ends[candidate] = every(1)
    assert live(world, 30, until=lambda: is_back(world, stable))
    live(world, 20)
    metrics.ends[candidate] = none
    assert metrics.counted[candidate][1] > 0
    world.command(retry=f"{candidate}/1/0")
    assert live(world, LONG, until=lambda: world.memory.stable == candidate)


@pytest.mark.parametrize("what", BOTH)
def test_an_operator_that_is_followed_by_another_forgets_nothing_that_was_counted(what: str) -> None:
    world, _, metrics, stable, candidate = tried(what)
    metrics.ends[candidate] = every(1)
    for _ in range(10):
        live(world, 2)
        world.restart_operator()
        if is_back(world, stable):
            return
    raise AssertionError("every new operator began anew")


def test_a_candidate_that_has_had_no_events_has_no_counters_and_gets_its_first_requests() -> None:
    metrics = Metrics()

    def not_before_the_first(query: str, said: Said) -> Said:
        revision = findall(r'pod=~"(.*)-[.][*]"', query)[0]
        return said if metrics.counted.get(revision, (0, 0))[0] else {}

    metrics.twisted = not_before_the_first
    world, _, stable, candidate = at_its_first_share(metrics, **BOTH["query"])
    metrics.ends[candidate] = every(2)
    assert live(world, 30, until=lambda: is_back(world, stable))


def test_who_has_no_counters_for_ever_is_not_promoted_on_silence() -> None:
    metrics, silent = Metrics(), set[str]()
    metrics.twisted = lambda query, said: {} if any(name in query for name in silent) else said
    world, users = inhabited(signals=metrics)
    metrics.users = users
    world.apply(replicas=2)
    world.settle()
    world.apply(replicas=2, runtime=NEXT, rollout=ROLLOUT, slo=slo(**BOTH["query"]))
    assert live(world, LONG, until=lambda: bool(world.memory.candidate))
    silent.add(world.memory.candidate)
    live(world, 90)
    assert world.memory.weight == 10
    assert world.condition("Ready") == ("False", "Insufficient")
    assert 'no events yet for "features"' in world.message("CandidateHealthy")


def test_a_gateway_that_counts_fewer_requests_holds_the_step() -> None:
    world, _, metrics, _, candidate = tried("gateway")
    metrics.twisted = lambda _query, said: dict.fromkeys(said, 7.0)
    live(world, 90)
    assert (world.memory.candidate, world.memory.weight) == (candidate, 10)
    assert world.condition("Ready") == ("False", "Insufficient")


def test_a_candidate_without_a_guard_is_judged_by_the_gateway() -> None:
    metrics = Metrics()
    world, users = inhabited(signals=metrics)
    metrics.users = users
    given: dict[str, Any] = {"replicas": 1, "guard": "Disabled", "slo": slo(**GATEWAY), "rollout": ROLLOUT}
    world.apply(**given)
    world.settle()
    stable = world.reached
    world.apply(**given, runtime=NEXT)
    users.sent = {stable: 10_000}
    assert live(world, LONG, until=lambda: world.memory.weight == 10)
    candidate = world.memory.candidate
    metrics.ends[candidate] = every(2)
    for _ in range(30):
        users.sent = {stable: users.sent[stable] + 180, candidate: users.sent.get(candidate, 0) + 20}
        if live(world, 1, until=lambda: is_back(world, stable)):
            break
    assert is_back(world, stable)
    live(world, 2)
    assert "at the gateway" in world.message("RolledBack")


def test_who_is_tried_again_at_once_is_not_blamed_for_what_its_last_attempt_did() -> None:
    """A Prometheus that reads its targets once a minute tells the end of an attempt after it."""
    world, _, metrics, stable, candidate = tried("gateway", hiccupSamples=1)
    metrics.lag = 60
    read: dict[str, tuple[datetime, Said]] = {}

    def late(query: str, said: Said) -> Said:
        at, found = read.get(query, (None, said))
        if at is None or world.now - at >= timedelta(seconds=metrics.lag):
            read[query] = world.now, said
            return said
        return found

    metrics.twisted = late
    metrics.ends[candidate] = every(1)
    assert live(world, 90, until=lambda: is_back(world, stable))
    del metrics.ends[candidate]
    total, bad = metrics.counted[candidate]
    metrics.counted[candidate] = total + 4000, bad + 4000
    world.command(retry=f"{candidate}/1/0")
    waits = "may still be of the attempt that ended at"
    assert live(world, 50, until=lambda: waits in world.message("Ready"))
    assert live(world, 90, until=lambda: world.memory.weight == 10)
    assert live(world, LONG, until=lambda: world.memory.stable == candidate and not world.memory.previous)
