"""`undo` asks for exactly what a revision on record was made of, and says what Git makes of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from sluiceway.core.commands import Command
from sluiceway.kubectl.problems import Problem
from sluiceway.kubectl.undoing import Undo, document, undo
from sluiceway.ports import Refused
from tests.fakes.objects import MODEL, NAME, NAMESPACE
from tests.fakes.world import World
from tests.unit.kubectl.api import api_of
from tests.unit.kubectl.stories import NEXT, STEPS, at_the_gate, give, served, snapshot


def write(world: World, found: Undo) -> None:
    """Do what the plugin does, and let the operator look."""
    asyncio.run(api_of(world).edit(NAME, NAMESPACE, found.operations))
    world.settle()


def problem(world: World, to: str = "", *, force: bool = False) -> str:
    with pytest.raises(Problem) as raised:
        undo(snapshot(world), to, force=force)
    return str(raised.value)


def spec(world: World) -> Any:
    return world.cluster.objects[world.resource]["spec"]


def promoted() -> World:
    world = at_the_gate()
    give(world, Command.PROMOTE)
    give(world, Command.PROMOTE)
    return world


def test_by_default_the_one_that_served_before_is_asked_for_and_taken_up() -> None:
    world = served()
    first = world.memory.stable
    world.apply(replicas=3, runtime=NEXT)
    world.settle()
    assert world.memory.stable != first
    write(world, undo(snapshot(world)))
    assert world.memory.stable == first
    assert spec(world)["replicas"] == 3
    assert len(world.cluster.of_kind("ControllerRevision")) == 2


def test_in_the_middle_of_a_rollout_it_is_the_one_that_serves() -> None:
    world = at_the_gate()
    found = undo(snapshot(world))
    assert (found.after.name, found.before.name) == (world.memory.stable, world.memory.candidate)
    write(world, found)
    assert not world.memory.candidate


CHANGES: dict[str, Callable[[World], None]] = {
    "the name of the model": lambda world: world.apply(replicas=2, model=MODEL | {"name": "other"}),
    "the guard": lambda world: world.apply(replicas=2, guard="Disabled"),
    "golden inputs": lambda world: world.apply(
        replicas=2,
        model=MODEL
        | {
            "golden": [
                {
                    "name": "known",
                    "inputs": [{"name": "x", "datatype": "FP32", "shape": [1], "data": [1]}],
                    "outputs": [{"name": "y", "datatype": "FP32", "data": [1]}],
                }
            ]
        },
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_all_that_makes_a_revision_comes_back_both_ways(change: Callable[[World], None]) -> None:
    world = served()
    first = world.memory.stable
    change(world)
    world.reconcile()
    second = snapshot(world)
    other = undo(second).before.name
    write(world, undo(second, first))
    assert undo(snapshot(world), other).before.name == first
    asyncio.run(api_of(world).edit(NAME, NAMESPACE, undo(snapshot(world), other).operations))
    assert undo(snapshot(world), first).before.name == other


def test_a_refused_revision_is_not_asked_for_without_force() -> None:
    world = at_the_gate()
    candidate = world.memory.candidate
    give(world, Command.ABORT)
    world.apply(replicas=2, runtime={"image": "triton:third"}, rollout=STEPS)
    world.reconcile()
    words = problem(world, candidate)
    assert f"{candidate} is refused (Aborted): a person aborted it" in words
    assert "--force writes it all the same; `kubectl sluiceway retry fraud -n models`" in words
    assert undo(snapshot(world), candidate, force=True).after.name == candidate


def test_without_one_that_served_before_there_is_nothing_to_undo() -> None:
    assert "no revision on record has served before" in problem(served())


def test_what_is_asked_for_already_is_told() -> None:
    world = served()
    assert problem(world, "1") == f"the spec asks for {world.memory.stable} already: nothing is to be undone"


def test_one_that_never_served_is_not_the_default() -> None:
    world = at_the_gate()
    stable, second = world.memory.stable, world.memory.candidate
    world.apply(replicas=2, runtime={"image": "triton:third"}, rollout=STEPS)
    world.settle()
    assert world.memory.candidate not in (stable, second)
    assert undo(snapshot(world)).after.name == stable


def test_a_spec_that_changed_meanwhile_is_not_written_over() -> None:
    world = at_the_gate()
    found = undo(snapshot(world))
    world.apply(replicas=7)
    with pytest.raises(Refused):
        write(world, found)
    assert spec(world)["replicas"] == 7


OWNERS = {
    "argocd.argoproj.io/tracking-id": "Argo CD writes this resource",
    "kustomize.toolkit.fluxcd.io/name": "Flux (Kustomization) writes this resource",
    "helm.toolkit.fluxcd.io/name": "Flux (HelmRelease) writes this resource",
    "meta.helm.sh/release-name": "Helm writes this resource",
    "kubectl.kubernetes.io/last-applied-configuration": "the next `kubectl apply` of the file",
}


@pytest.mark.parametrize(("mark", "words"), OWNERS.items())
@pytest.mark.parametrize("where", ["labels", "annotations"])
def test_who_would_put_the_old_spec_back_is_named(mark: str, words: str, where: str) -> None:
    world = at_the_gate()
    world.cluster.edit(world.resource, lambda obj: obj["metadata"].update({where: {mark: "x"}}))
    warnings = undo(snapshot(world)).warnings
    if mark.startswith("kubectl") and where == "labels":
        assert warnings == ()
        return
    assert [warning.startswith(words) for warning in warnings] == [True]
    assert "`undo -o yaml --dry-run`" in warnings[0]


def test_nobody_is_named_who_does_not_write() -> None:
    assert undo(snapshot(at_the_gate())).warnings == ()


def test_what_is_to_be_committed_has_no_status_and_nothing_of_the_cluster() -> None:
    world = at_the_gate()
    seen = snapshot(world)
    found = undo(seen)
    committed = document(seen, found.spec)
    assert set(committed) == {"apiVersion", "kind", "metadata", "spec"}
    assert committed["metadata"] == {"name": NAME, "namespace": NAMESPACE}
    assert committed["spec"]["rollout"] == spec(world)["rollout"]
    assert committed["spec"]["runtime"]["image"] != "triton:next"
