"""The guards of a rollout are read while it is judged, and the status says whether they answer."""

from __future__ import annotations

from typing import Any

from sluiceway.build.objects import revision_of
from sluiceway.core.counts import Counts
from sluiceway.core.readings import Reading, Unanswered
from sluiceway.core.standing import IN_A_ROW
from tests.fakes.guards import DAY, FakeGuards
from tests.fakes.objects import IMAGE
from tests.fakes.world import World

NEXT = {"image": f"{IMAGE}-next"}
GATED = {"steps": [{"weight": 50, "gate": True}, {"weight": 100, "seconds": 60}]}


class Counting(FakeGuards):
    """Guards that have counted one more request each time they are read."""

    async def read(self, target: str) -> Reading | Unanswered:
        """Return what the guard at *target* says."""
        if target not in self.told:
            number = len(self.asked)
            counts = Counts(http=(0, number, 0, 0, 0))
            self.asked.append(target)
            return Reading(counts, uptime=DAY)
        return await super().read(target)


def world_with(guards: FakeGuards) -> World:
    world = World(guards=guards)
    world.apply(replicas=2)
    world.settle()
    return world


def at_the_gate(guards: FakeGuards | None = None) -> World:
    world = world_with(guards or FakeGuards())
    world.apply(replicas=2, runtime=NEXT, rollout=GATED)
    world.settle()
    assert world.condition("Ready") == ("False", "AwaitingPromotion")
    return world


def targets(world: World, *revisions: str) -> set[str]:
    pods = world.cluster.of_kind("Pod").values()
    return {f"{pod['status']['podIP']}:8003" for pod in pods if revision_of(pod) in revisions}


def test_nobody_is_read_before_the_first_rollout() -> None:
    world = world_with(FakeGuards())
    assert world.guards.asked == []
    assert world.condition("SignalsAvailable") == ("Unknown", "NotMeasured")


def test_both_sides_are_read_while_the_candidate_has_requests() -> None:
    world = at_the_gate()
    memory = world.memory
    world.guards.asked.clear()
    world.reconcile()
    assert set(world.guards.asked) == targets(world, memory.stable, memory.candidate)
    assert world.condition("SignalsAvailable") == ("True", "Measured")
    assert world.message("SignalsAvailable") == f"the guards of {len(set(world.guards.asked))} pods answer"


def test_both_sides_are_read_while_the_previous_one_is_kept_and_nobody_afterwards() -> None:
    world = at_the_gate()
    memory = world.memory
    world.command(promote=f"{memory.candidate}/{memory.attempt}/{memory.step}")
    baked = False
    for _ in world.rounds():
        if world.memory.previous:
            baked = True
            world.guards.asked.clear()
    assert baked
    assert world.condition("SignalsAvailable") == ("Unknown", "NotMeasured")
    world.guards.asked.clear()
    world.reconcile()
    assert world.guards.asked == []


def test_the_status_is_not_written_for_what_is_counted() -> None:
    world = at_the_gate(Counting())
    written, read = len(world.cluster.requests), len(world.guards.asked)
    for _ in range(10):
        world.reconcile()
    assert len(world.guards.asked) > read
    assert world.cluster.requests[written:] == []


def test_a_guard_that_falls_silent_is_told_once_and_once_more_when_it_answers() -> None:
    world = at_the_gate()
    pod = next(each for each in world.cluster.of_kind("Pod").values() if revision_of(each) == world.reached)
    target = f"{pod['status']['podIP']}:8003"
    written = len(world.cluster.requests)
    world.guards.told[target] = Unanswered("connection refused")
    for _ in range(IN_A_ROW + 1):
        world.reconcile()
    assert world.condition("SignalsAvailable") == ("False", "GuardUnreachable")
    assert pod["metadata"]["name"] in world.message("SignalsAvailable")
    assert "(connection refused)" in world.message("SignalsAvailable")
    assert world.condition("Ready") == ("False", "AwaitingPromotion")
    del world.guards.told[target]
    for _ in range(IN_A_ROW + 1):
        world.reconcile()
    assert world.condition("SignalsAvailable") == ("True", "Measured")
    assert world.cluster.requests[written:] == ["status", "event GuardUnreachable", "status"]


def test_a_new_operator_measures_again() -> None:
    world = at_the_gate()
    written = len(world.cluster.requests)
    world.restart_operator()
    world.guards.asked.clear()
    world.settle()
    assert world.guards.asked
    assert world.condition("SignalsAvailable") == ("True", "Measured")
    assert world.cluster.requests[written:] == []


def test_a_resource_that_is_deleted_is_not_read_any_more() -> None:
    world = at_the_gate()
    world.cluster.remove(world.resource)
    world.reconcile()
    world.guards.asked.clear()
    world.reconcile()
    assert world.guards.asked == []


def test_a_spec_that_can_not_be_read_is_not_judged() -> None:
    world = at_the_gate()

    def spoil(obj: Any) -> None:
        obj["spec"]["replicas"] = "many"

    world.cluster.edit(world.resource, spoil)
    world.reconcile()
    world.guards.asked.clear()
    world.reconcile()
    assert world.guards.asked == []
