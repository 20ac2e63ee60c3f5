"""Metrics of a rollout: what is told while it goes on, what is counted, and what goes with the resource."""

from __future__ import annotations

from collections.abc import Mapping

from prometheus_client.samples import Sample

from sluiceway.core.vectors import NoAnswer
from sluiceway.runtime.counted import CountedGuards, CountedSignals
from sluiceway.runtime.telemetry import UNKNOWN_PROVIDER, Telemetry
from tests.fakes.guards import FakeGuards
from tests.fakes.loop import run
from tests.fakes.objects import NAME, NOW
from tests.fakes.providers import FakeSignals
from tests.fakes.scraped import samples, scraped
from tests.fakes.trials import LONG, at_its_first_share, is_back, slo
from tests.fakes.users import Users, every, inhabited, live
from tests.fakes.world import World
from tests.unit.runtime.test_rollouts import NEXT


class Clock:
    """Seconds of the world that has the telemetry."""

    world: World | None = None

    def __call__(self) -> float:
        return self.world.now.timestamp() if self.world else 0.0


def on_trial() -> tuple[World, Users, str, str]:
    clock = Clock()
    world, users, stable, candidate = at_its_first_share(telemetry=Telemetry(clock=clock))
    clock.world = world
    return world, users, stable, candidate


def of(world: World, name: str) -> list[Sample]:
    return [each for each in samples(scraped(world)) if each.name == f"sluiceway_{name}"]


def value(world: World, name: str, **labels: str) -> float | None:
    found = [each.value for each in of(world, name) if labels.items() <= each.labels.items()]
    assert len(found) <= 1, f"{name} {labels} is told {len(found)} times"
    return found[0] if found else None


def revisions(world: World) -> set[str]:
    return {each.labels["revision"] for each in samples(scraped(world)) if "revision" in each.labels}


def outcomes(world: World) -> Mapping[str, float]:
    return {each.labels["outcome"]: each.value for each in of(world, "rollouts_total") if each.value}


def test_shares_are_those_of_the_route_at_every_moment() -> None:
    world, _, stable, candidate = on_trial()
    seen = set()

    def over() -> bool:
        told = {each.labels["revision"]: each.value for each in of(world, "revision_weight_ratio")}
        shares = {name: weight / 100 for name, weight in world.weights.items()}
        assert {name: told.get(name, 0) for name in shares} == shares
        seen.add(told.get(candidate))
        return world.memory.stable == candidate and not world.memory.previous

    assert live(world, LONG, until=over)
    assert {0.1, 0.5, 1.0} <= seen
    assert revisions(world) == {candidate}, f"{stable} is retired and its series are gone"


def test_an_objective_tells_its_verdict_and_how_much_evidence_there_is() -> None:
    world, users, _, candidate = on_trial()
    about = {"revision": candidate, "source": "guard", "objective": "answers"}
    live(world, 4)
    assert value(world, "objective_verdict", **about, verdict="Breach") is None
    users.ends[candidate] = every(1)
    evidence = [value(world, "objective_evidence", **about)]
    while world.memory.weight:
        live(world, 1)
        evidence.append(value(world, "objective_evidence", **about))
    known = [each for each in evidence if each is not None]
    assert known == sorted(known)
    assert known[0] < known[-1]


def test_counts_of_a_trial_are_those_of_its_guards() -> None:
    world, users, _, candidate = on_trial()
    users.ends[candidate] = every(50)
    before = users.sent[candidate], users.failed[candidate]
    first = [
        value(world, f"revision_{name}_total", revision=candidate) for name in ("requests", "bad_requests")
    ]
    live(world, 3)
    after = users.sent[candidate], users.failed[candidate]
    last = [
        value(world, f"revision_{name}_total", revision=candidate) for name in ("requests", "bad_requests")
    ]
    grown = [(new or 0) - (old or 0) for old, new in zip(first, last, strict=True)]
    assert grown == [new - old for old, new in zip(before, after, strict=True)]


def test_an_outcome_is_counted_once_and_from_zero_on() -> None:
    world, users, stable, candidate = on_trial()
    assert value(world, "rollouts_total", outcome="ObjectiveBroken") == 0
    assert outcomes(world) == {"Serving": 1}
    users.ends[candidate] = every(1)
    assert live(world, LONG, until=lambda: is_back(world, stable))
    live(world, 10)
    assert outcomes(world) == {"Serving": 1, "ObjectiveBroken": 1}


def test_that_another_one_took_over_or_that_one_serves_again_is_no_end_of_an_attempt() -> None:
    world, _, stable, candidate = on_trial()
    assert live(world, LONG, until=lambda: world.memory.stable == candidate)
    world.command(abort=f"{candidate}/1/0")
    assert live(world, 12, until=lambda: is_back(world, stable))
    live(world, 3)
    assert outcomes(world) == {"Serving": 2, "Aborted": 1}


def test_a_new_operator_does_not_count_what_it_finds() -> None:
    world, users, stable, candidate = on_trial()
    users.ends[candidate] = every(1)
    assert live(world, LONG, until=lambda: is_back(world, stable))
    world.telemetry = Telemetry()
    world.restart_operator()
    live(world, 10)
    assert outcomes(world) == {}
    assert value(world, "rollouts_total", outcome="ObjectiveBroken") == 0


def test_the_time_to_a_rollback_begins_with_the_first_bad_request_that_was_read() -> None:
    world, users, stable, candidate = on_trial()
    live(world, 3)
    assert value(world, "rollback_duration_seconds_count") == 0
    users.ends[candidate] = every(1)
    # A look reads the guards after the reconcile; bad ones come with the next.
    live(world, 1)
    begun = world.now
    assert live(world, 12, until=lambda: is_back(world, stable))
    assert value(world, "rollback_duration_seconds_count") == 1
    took = value(world, "rollback_duration_seconds_sum")
    assert took is not None
    assert 0 < took <= (world.now - begun).total_seconds()


def test_what_is_written_twice_is_one_rollback() -> None:
    rollout = {"steps": [{"weight": 67, "seconds": 30}], "maxSurge": 0, "maxUnavailable": 1}
    world, users = inhabited(telemetry=Telemetry(clock=lambda: 0.0))
    world.apply(replicas=4, rollout=rollout, slo=slo())
    world.settle()
    world.apply(replicas=4, rollout=rollout, slo=slo(), runtime=NEXT)
    assert live(world, LONG, until=lambda: world.memory.weight == 67)
    users.ends[world.memory.candidate] = every(1)
    assert live(world, LONG, until=lambda: not world.memory.candidate)
    assert value(world, "rollback_duration_seconds_count") == 1


def test_a_hiccup_that_passed_is_not_where_the_time_to_a_rollback_begins() -> None:
    world, users, stable, candidate = on_trial()
    users.ends[candidate] = every(5)
    live(world, 1)
    users.ends.clear()
    hiccup = world.now
    live(world, 20)
    users.ends[candidate] = every(1)
    live(world, 1)
    begun = world.now
    assert live(world, LONG, until=lambda: is_back(world, stable) or world.memory.stable == candidate)
    assert live(world, 30, until=lambda: world.memory.stable == stable)
    took = value(world, "rollback_duration_seconds_sum")
    assert took is not None
    assert took <= (world.now - begun).total_seconds() < (world.now - hiccup).total_seconds()


def test_an_abort_is_no_rollback_of_the_operators() -> None:
    world, _, stable, candidate = on_trial()
    world.command(abort=f"{candidate}/{world.memory.attempt}/{world.memory.step}")
    assert live(world, 12, until=lambda: is_back(world, stable))
    live(world, 3)
    assert value(world, "rollback_duration_seconds_count") == 0
    assert outcomes(world) == {"Serving": 1, "Aborted": 1}


def test_every_condition_is_told_once() -> None:
    world, *_ = on_trial()
    told = [
        (each.labels["type"], each.labels["status"], each.labels["reason"]) for each in of(world, "condition")
    ]
    expected = [(each.type, each.status, each.reason) for each in world.status.conditions]
    assert sorted(told) == sorted(expected)


def test_nothing_is_left_of_a_resource_that_is_deleted() -> None:
    world, *_ = on_trial()
    assert [each for each in samples(scraped(world)) if each.labels.get("name") == NAME]
    world.cluster.remove(world.resource)
    world.reconcile()
    assert not [each for each in samples(scraped(world)) if each.labels.get("name") == NAME]
    assert value(world, "modeldeployments") == 0


def test_reads_and_queries_are_counted_with_their_failures() -> None:
    telemetry = Telemetry(providers=["prometheus"])
    guards = CountedGuards(FakeGuards(), telemetry)
    signals = CountedSignals(
        FakeSignals(lambda name, _: {(("job", "a"),): 1.0} if name == "prometheus" else NoAnswer("?")),
        telemetry,
    )

    async def use() -> None:
        await guards.read("10.0.0.1:8003")
        for provider in ("prometheus", "prometheus", "invented-by-a-user", "another"):
            await signals.ask(provider, "up", NOW)

    run(use())
    found = {
        (each.name.removeprefix("sluiceway_"), each.labels.get("provider")): each.value
        for each in samples(telemetry.registry)
        if each.name.endswith("_total")
    }
    assert found["guard_reads_total", None] == 1
    assert found["guard_read_failures_total", None] == 0
    assert found["provider_queries_total", "prometheus"] == 2
    assert found["provider_query_failures_total", "prometheus"] == 0
    assert found["provider_query_failures_total", UNKNOWN_PROVIDER] == 2
    assert {provider for _, provider in found if provider} == {"prometheus", UNKNOWN_PROVIDER}


def test_the_age_of_a_watch_is_the_time_since_it_delivered_something() -> None:
    seconds = iter(range(100, 200, 7))
    telemetry = Telemetry(clock=lambda: float(next(seconds)))
    world = World(telemetry=telemetry)
    telemetry.delivered("Pod")
    assert value(world, "watch_age_seconds", kind="Pod") == 7
    assert value(world, "watch_age_seconds", kind="Pod") == 14
    telemetry.delivered("Pod")
    assert value(world, "watch_age_seconds", kind="Pod") == 7
