"""What people who watch a rollout are told of it, look by look."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sluiceway.api.live import Live
from sluiceway.ports import Unavailable
from tests.fakes.trials import LONG, at_its_first_share
from tests.fakes.users import every, live
from tests.fakes.world import World


def figures(world: World) -> Live:
    found = world.figures()
    assert found
    return found


def test_a_resource_at_rest_has_one_revision_and_nobody_counts() -> None:
    world = World()
    world.apply(replicas=2)
    world.settle()
    told = figures(world)
    assert (told.namespace, told.name, told.serving) == ("models", "fraud", world.reached)
    assert (told.candidate, told.step, told.objectives) == (None, None, ())
    assert told.weights == {world.reached: 100}
    (only,) = told.revisions
    assert (only.pods, only.ready, only.requests, only.bad) == (2, 2, None, None)


def test_what_nobody_knows_is_null_and_not_left_out() -> None:
    world = World()
    world.apply()
    world.settle()
    text = json.loads(figures(world).model_dump_json())
    assert text["candidate"] is None
    assert text["revisions"][0]["requests"] is None


def test_a_rollout_is_told_between_two_writes_of_the_status() -> None:
    world, users, stable, candidate = at_its_first_share()
    users.ends[candidate] = every(50)
    counted = []
    for _ in range(4):
        status = world.status
        live(world, 1)
        told = figures(world)
        assert (told.serving, told.candidate, told.step) == (stable, candidate, "1/3")
        assert told.weights == {stable: 90, candidate: 10}
        mine, theirs = (one for name in (candidate, stable) for one in told.revisions if one.revision == name)
        assert mine.requests is not None
        assert theirs.requests is not None
        assert mine.requests < theirs.requests
        counted.append((mine.requests, world.status == status))
        (answers,) = (one for one in told.objectives if one.objective == "answers")
        assert (answers.revision, answers.source, answers.bound) == (candidate, "guard", 0.01)
        assert (answers.requests, answers.bad) == (mine.requests, mine.bad)
    numbers = [number for number, _ in counted]
    assert numbers == sorted(set(numbers)), "every look is seen"
    assert any(same for _, same in counted), "more often than the status is written"


def test_a_revision_that_was_taken_back_has_no_share_and_goes() -> None:
    world, users, stable, candidate = at_its_first_share()
    users.ends[candidate] = every(1)
    shares: list[dict[str, int]] = []

    def gone() -> bool:
        told = figures(world)
        shares.append(told.weights)
        assert set(told.weights) <= {each.revision for each in told.revisions}
        return [each.revision for each in told.revisions] == [stable]

    assert live(world, LONG, until=gone)
    assert {stable: 100, candidate: 0} in shares, "it keeps its place for a moment"
    assert shares[-1] == {stable: 100}
    assert figures(world).objectives == ()


def test_a_first_revision_that_loads_is_told_before_it_serves() -> None:
    world = World()
    world.apply(replicas=2)
    world.reconcile()
    told = figures(world)
    assert (told.serving, told.weights) == (None, {})
    assert [each.revision for each in told.revisions] == [told.candidate]


def test_a_resource_that_is_deleted_is_forgotten() -> None:
    world = World()
    world.apply()
    world.settle()
    world.cluster.remove(world.resource)
    world.reconcile()
    assert (world.figures(), len(world.scenes)) == (None, 0)


def test_a_resource_that_can_not_be_read_has_no_figures_until_it_can() -> None:
    world = World()
    world.apply()
    world.settle()

    def write(replicas: Any) -> None:
        world.cluster.edit(world.resource, lambda obj: obj["spec"].update(replicas=replicas))
        world.reconcile()

    write("many")
    assert world.figures() is None
    write(1)
    assert figures(world).serving == world.reached


def test_figures_are_there_also_when_the_status_can_not_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: object) -> None:
        raise Unavailable("503")

    world = World()
    world.apply()
    monkeypatch.setattr(world.cluster, "write_status", away)
    with pytest.raises(Unavailable):
        world.reconcile()
    assert figures(world).revisions
