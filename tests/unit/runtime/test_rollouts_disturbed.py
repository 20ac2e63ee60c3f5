"""Two things at once in the middle of a rollout, found by the simulation: what was decided still holds."""

from __future__ import annotations

from sluiceway.core.memory import outcome_of
from tests.fakes.objects import IMAGE
from tests.fakes.world import World, find
from tests.unit.runtime.test_rollouts import NEXT, started, until
from tests.unit.runtime.test_verified_first import GOLDEN, serving, wrong

GATES = {"steps": [{"weight": 10, "gate": True}, {"weight": 50, "gate": True}]}


def test_other_steps_in_the_middle_go_on_from_the_share_and_keep_their_gates() -> None:
    world, _, new = started()
    until(world, lambda: world.weights.get(new) == 50)
    steps = [{"weight": weight, "gate": weight == 60} for weight in (60, 80)]
    world.apply(replicas=4, rollout={"steps": steps}, runtime=NEXT)
    world.settle()
    assert world.weights[new] == 60
    assert world.status.step == "1/2"
    assert world.condition("Ready") == ("False", "AwaitingPromotion")


def test_a_promotion_does_not_act_again_when_the_candidate_has_lost_its_pods_meanwhile() -> None:
    world, old, new = started(GATES)
    world.settle()
    world.command(promote=f"{new}/1/1")
    world.settle()
    assert world.weights[new] == 50
    for name in [name for name in world.cluster.of_kind("Pod") if name.startswith(new)]:
        world.cluster.remove(find(world, "Pod", name))
    world.reconcile()
    assert world.routed == {old}
    world.settle()
    assert world.weights[new] == 10
    assert world.condition("Ready") == ("False", "AwaitingPromotion")


def test_wrong_answers_refuse_a_revision_also_when_the_spec_has_moved_on_meanwhile() -> None:
    world = serving()
    world.prober.answers = wrong
    world.apply(replicas=2, model=GOLDEN, runtime=NEXT)
    until(world, lambda: refused(world))
    world.apply(replicas=2, model=GOLDEN, runtime={"image": f"{IMAGE}-3"})
    world.settle()
    world.apply(replicas=2, model=GOLDEN, runtime=NEXT)
    world.reconcile()
    assert world.condition("RolledBack") == ("True", "GoldenMismatch")
    assert not world.memory.candidate


def test_a_retry_that_comes_before_the_refusal_acts_once() -> None:
    world = serving()
    old = world.reached
    world.prober.answers = wrong
    world.apply(replicas=2, model=GOLDEN, runtime=NEXT)
    world.reconcile()
    world.command(retry=f"{world.memory.candidate}/1/0")
    world.settle()
    assert world.routed == {old}
    assert world.condition("RolledBack") == ("True", "GoldenMismatch")
    assert len(world.prober.asked) == 3


def refused(world: World) -> list[str]:
    outcomes = map(outcome_of, world.cluster.of_kind("ControllerRevision").values())
    return [outcome.revision for outcome in outcomes if outcome and outcome.reason == "GoldenMismatch"]
