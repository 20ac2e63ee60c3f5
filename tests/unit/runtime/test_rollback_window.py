"""A revision that served lately comes back without steps, unless it was refused since."""

from __future__ import annotations

from typing import Any

import pytest

from sluiceway.build.objects import Object
from tests.fakes.objects import IMAGE
from tests.fakes.trials import LONG, NEXT, ROLLOUT, at_its_first_share, slo
from tests.fakes.users import every, live
from tests.fakes.world import World
from tests.unit.runtime.test_rollouts import SHORT, shares, started, until

Given = dict[str, Any]


def windowed(revisions: int, runtime: Object | None = None) -> Given:
    """Return what a team asks for that lets so many revisions come back without steps."""
    rollout = SHORT | {"rollbackWindow": {"revisions": revisions}}
    return {"replicas": 4, "rollout": rollout, "runtime": runtime}


def served(*images: str) -> tuple[World, list[str]]:
    """Return a world at rest in which these have served, and the names of their revisions."""
    world, names = World(), []
    for image in images:
        world.apply(replicas=4, rollout=SHORT, runtime={"image": image})
        world.settle()
        names.append(world.reached)
    return world, names


def test_the_revision_before_comes_back_by_one_switch_and_is_baked() -> None:
    world, (first, second) = served("a", "b")
    world.apply(**windowed(1, {"image": "a"}))
    assert shares(world)[:2] == [{second: 100}, {first: 100}]
    assert world.reached == first
    again, _ = served("a", "b")
    again.apply(**windowed(1, {"image": "a"}))
    until(again, lambda: again.reached == first)
    assert again.memory.previous == second


def test_it_comes_back_to_its_warm_pods() -> None:
    world, old, new = started()
    until(world, lambda: world.reached == new)
    pods = {name for name in world.cluster.of_kind("Pod") if name.startswith(old)}
    world.apply(**windowed(1))
    assert shares(world)[:2] == [{new: 100}, {old: 100}]
    assert pods <= set(world.cluster.of_kind("Pod"))


@pytest.mark.parametrize(("revisions", "expected"), [(1, [10, 50, 100]), (2, [100])])
def test_the_window_is_as_wide_as_it_says(revisions: int, expected: list[int]) -> None:
    world, (first, *_) = served("a", "b", "c")
    world.apply(**windowed(revisions, {"image": "a"}))
    assert [found.get(first, 0) for found in shares(world)][1:] == expected


def test_who_served_last_counts_and_not_who_is_newer() -> None:
    world, (_, second, _, _) = served("a", "b", "c", "a")
    world.apply(**windowed(1, {"image": "b"}))
    assert [found.get(second, 0) for found in shares(world)][1:] == [10, 50, 100]


def test_without_a_window_everybody_takes_the_steps() -> None:
    world, (first, _) = served("a", "b")
    world.apply(replicas=4, rollout=SHORT, runtime={"image": "a"})
    assert [found.get(first, 0) for found in shares(world)][1:] == [10, 50, 100]


def test_a_revision_that_never_served_takes_the_steps() -> None:
    world, _ = served("a")
    world.apply(**windowed(1, {"image": "b"}))
    until(world, lambda: world.memory.weight == 10)
    tried = world.memory.candidate
    world.apply(**windowed(1, {"image": "a"}))
    world.settle()
    world.apply(**windowed(1, {"image": "b"}))
    assert [found.get(tried, 0) for found in shares(world)][1:] == [10, 50, 100]


def test_people_who_change_their_minds_twice_lose_nothing() -> None:
    world, (first, second) = served("a", "b")
    world.apply(**windowed(1, {"image": "a"}))
    world.reconcile()
    world.apply(**windowed(1, {"image": "b"}))
    world.settle()
    assert world.reached == second
    world.apply(**windowed(1, {"image": "a"}))
    assert [found.get(first, 0) for found in shares(world)][1:] == [100]


def test_a_refused_revision_takes_the_steps_until_it_has_served_again() -> None:
    world, old, new = started(SHORT | {"rollbackWindow": {"revisions": 1}})
    runtime = {"image": "nvcr.io/nvidia/tritonserver:26.08-py3"}
    until(world, lambda: world.reached == new)
    world.command(abort=f"{new}/1/0")
    world.settle()
    assert world.reached == old
    world.command(retry=f"{new}/1/0")
    until(world, lambda: world.memory.weight == 10)
    world.apply(**windowed(1))
    world.settle()
    assert world.reached == old
    world.apply(**windowed(1, runtime))
    assert [found.get(new, 0) for found in shares(world)][1:] == [10, 50, 100]
    world.apply(**windowed(1))
    world.settle()
    world.apply(**windowed(1, runtime))
    assert [found.get(new, 0) for found in shares(world)][1:] == [100]


def test_people_see_why_the_steps_are_left_out() -> None:
    world, (first, second) = served("a", "b")
    until_then = next(entry.served_until for entry in world.status.history if entry.revision == first)
    world.apply(**windowed(1, {"image": "a"}))
    world.reconcile()
    why = (
        f"{first} takes over without steps, since it served until {until_then}, within rollout.rollbackWindow"
    )
    assert world.message("Ready").endswith(f"; {second} serves meanwhile; {why}")
    assert world.cluster.events[-1].message == f"revision {first} is being loaded; {why}"
    assert world.status.step is None
    world.settle()
    assert why not in world.message("Ready")


def test_a_pause_holds_the_switch() -> None:
    world, (first, second) = served("a", "b")
    world.apply(**windowed(1, {"image": "a"}))
    world.reconcile()
    world.command(pause=f"{first}/2/0")
    world.settle()
    assert world.reached == second
    world.command(resume=f"{first}/2/0")
    world.settle()
    assert world.reached == first


def test_who_comes_back_is_measured_before_and_judged_after_it_took_over() -> None:
    world, users, first, second = at_its_first_share()
    assert live(world, LONG, until=lambda: world.memory.stable == second)
    rollout = ROLLOUT | {"rollbackWindow": {"revisions": 1}}
    world.apply(replicas=2, runtime={"image": IMAGE}, rollout=rollout, slo=slo())
    assert live(world, 30, until=lambda: world.memory.stable == first)
    users.ends[first] = every(1)
    assert live(world, 20, until=lambda: world.memory.stable == second)
    live(world, 2)
    assert world.condition("RolledBack") == ("True", "ObjectiveBroken")
    assert NEXT["image"] in (world.status.image or "")
