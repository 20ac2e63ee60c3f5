"""Rollouts of models on GPUs: how many are needed and free is told before; waiting is not failing."""

from __future__ import annotations

from typing import Any

import pytest

from sluiceway.build.objects import Object, Ref
from tests.fakes.objects import IMAGE, NAMESPACE
from tests.fakes.scheduler import GPU, make_node, other_pod
from tests.fakes.world import World

ON_GPUS: dict[str, Any] = {"image": IMAGE, "resources": {"limits": {GPU: 2}}}
NEXT = ON_GPUS | {"image": f"{IMAGE}-next"}
SWITCH = {"strategy": "AllAtOnce"}


@pytest.fixture
def world() -> World:
    """A cluster of two nodes with four GPUs each, of which others have one, and a model that has four."""
    found = World()
    for name in ("a", "b"):
        found.cluster.put(make_node(name, 4))
    found.cluster.put(other_pod("training", "b", 1))
    found.apply(replicas=2, runtime=ON_GPUS)
    found.settle()
    assert found.condition("Ready") == ("True", "Serving")
    return found


def test_what_is_needed_and_free_is_told_before_the_pods_are_there(world: World) -> None:
    world.apply(replicas=2, runtime=NEXT, rollout=SWITCH)
    world.reconcile()
    assert world.condition("Progressing") == ("True", "Pending")
    assert f"2 more pods need 4 {GPU}; 3 {GPU} are free on the 2 nodes that take them" in world.message(
        "Ready"
    )


def test_too_few_gpus_are_waited_for_and_told_with_numbers(world: World) -> None:
    world.apply(replicas=2, runtime=NEXT, rollout=SWITCH)
    world.settle()
    assert world.condition("Progressing") == ("False", "InsufficientGPU")
    assert world.condition("Ready") == ("False", "InsufficientGPU")
    assert world.condition("Reconciling") == ("True", "InsufficientGPU")
    assert world.condition("Stalled") == ("False", "NotStalled")
    assert world.condition("Available") == ("True", "Serving")
    assert world.condition("CandidateHealthy")[0] == "Unknown"
    told = world.message("Progressing")
    assert told.startswith(f"1 more pod needs 2 {GPU}; 1 {GPU} is free on the 2 nodes that take them.")


def test_it_goes_on_by_itself_when_there_are_enough(world: World) -> None:
    world.apply(replicas=2, runtime=NEXT, rollout=SWITCH)
    world.settle()
    world.cluster.remove(Ref("v1", "Pod", "others", "training"))
    world.settle()
    assert world.condition("Ready") == ("True", "Serving")
    assert world.condition("Progressing") == ("False", "Settled")


def test_the_numbers_are_counted_again_while_pods_wait(world: World) -> None:
    world.apply(replicas=2, runtime=NEXT, rollout=SWITCH)
    world.settle()
    world.cluster.put(make_node("c", 1))
    world.let_pass(60)
    world.settle()
    assert f"2 {GPU} are free on the 3 nodes" in world.message("Progressing")


def test_a_quota_that_is_used_up_is_waited_for_too(world: World) -> None:
    quota = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "team", "namespace": NAMESPACE},
        "status": {"hard": {f"requests.{GPU}": "5"}, "used": {f"requests.{GPU}": "4"}},
    }
    world.cluster.put(quota)
    world.apply(replicas=2, runtime=NEXT, rollout=SWITCH)
    world.reconcile()
    assert f"2 more pods need 4 {GPU}; ResourceQuota team leaves 1 of 5 {GPU}" in world.message("Ready")
    deployment = Ref("apps/v1", "Deployment", NAMESPACE, world.status.candidate or "")

    def refuse(obj: Object) -> None:
        message = (
            f'pods "x" is forbidden: exceeded quota: team, requested: requests.{GPU}=2,'
            f" used: requests.{GPU}=4, limited: requests.{GPU}=5"
        )
        obj["status"] = {"conditions": [{"type": "ReplicaFailure", "status": "True", "message": message}]}

    world.cluster.edit(deployment, refuse)
    world.reconcile()
    assert world.condition("Progressing") == ("False", "InsufficientGPU")
    assert world.condition("Stalled") == ("False", "NotStalled")
    assert "ResourceQuota team leaves 1 of 5" in world.message("Progressing")


def test_who_may_not_see_nodes_tells_the_schedulers_words(world: World) -> None:
    world.cluster.hidden = {"Node"}
    world.apply(replicas=2, runtime=NEXT, rollout=SWITCH)
    world.settle()
    assert world.condition("Progressing") == ("False", "InsufficientGPU")
    assert f"no node has {GPU} to spare: 0/2 nodes are available" in world.message("Progressing")


def test_models_without_gpus_look_at_no_node(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    plain = World()
    listing = plain.cluster.list

    async def noted(api_version: str, kind: str, *rest: Any) -> list[Object]:
        looked.append(kind)
        return await listing(api_version, kind, *rest)

    monkeypatch.setattr(plain.cluster, "list", noted)
    plain.apply(replicas=2)
    plain.settle()
    assert "Node" not in looked
    assert "Pod" in looked
