"""What people ask for by the plugin is what the operator does, and what would do nothing is not asked for."""

from __future__ import annotations

import pytest

from sluiceway.core.commands import Command
from sluiceway.kubectl.problems import Problem
from tests.fakes.world import World, find
from tests.unit.kubectl.stories import NEXT, STEPS, asked, at_the_gate, give, served


def refused(world: World, command: Command) -> str:
    with pytest.raises(Problem) as problem:
        asked(world, command)
    return str(problem.value)


def test_promote_ends_the_step_and_says_with_which_share() -> None:
    world = at_the_gate()
    found = give(world, Command.PROMOTE)
    assert found.value == f"{world.memory.candidate}/1/1"
    assert "gets 75 % of the requests now" in found.words
    assert world.memory.weight == 75


def test_promote_of_the_last_step_says_that_it_takes_over() -> None:
    world = at_the_gate()
    candidate = world.memory.candidate
    give(world, Command.PROMOTE)
    assert "takes over with all requests" in give(world, Command.PROMOTE).words
    assert world.memory.stable == candidate


def test_promote_waits_for_pods_and_says_for_how_many() -> None:
    world = at_the_gate()
    candidate = world.memory.candidate
    for name in [name for name in world.cluster.of_kind("Pod") if name.startswith(candidate)]:
        world.cluster.remove(find(world, "Pod", name))
    assert "as soon as 2 of its pods answer (0 do)" in asked(world, Command.PROMOTE).words


def test_a_promotion_that_waits_is_not_asked_for_twice() -> None:
    world = at_the_gate()
    found = asked(world, Command.PROMOTE)
    world.command(promote=found.value)
    assert "is promoted from this step already; the status says: " in refused(world, Command.PROMOTE)


def test_abort_takes_the_requests_back_and_retry_tries_again() -> None:
    world = at_the_gate()
    candidate, stable = world.memory.candidate, world.memory.stable
    found = give(world, Command.ABORT)
    assert f"all requests go to {stable}; {candidate} is refused" in found.words
    assert world.weights[stable] == 100
    assert f"there is nothing to promote: {candidate} is refused: a person aborted it" in refused(
        world, Command.PROMOTE
    )
    found = give(world, Command.RETRY)
    assert found.value == f"{candidate}/1/0"
    assert "as attempt 2" in found.words
    assert (world.memory.candidate, world.memory.attempt) == (candidate, 2)


def test_abort_after_the_takeover_returns_to_the_warm_one() -> None:
    world = at_the_gate()
    before = world.memory.stable
    give(world, Command.PROMOTE)
    world.command(promote=asked(world, Command.PROMOTE).value)
    while world.memory.stable == before:
        world.reconcile()
        for step in world.controllers.steps.values():
            step()
    assert world.memory.previous == before
    give(world, Command.ABORT)
    assert world.memory.stable == before


def test_pause_and_resume_as_often_as_one_likes_at_one_step() -> None:
    world = at_the_gate()
    world.apply(replicas=2, runtime=NEXT, rollout={"steps": [{"weight": 25, "seconds": 900}, {"weight": 75}]})
    for _ in range(3):
        assert "keeps its 25 % of the requests" in asked(world, Command.PAUSE).words
        world.command(pause=asked(world, Command.PAUSE).value)
        world.reconcile()
        assert world.condition("Ready") == ("False", "Paused")
        assert "is paused already" in refused(world, Command.PAUSE)
        world.command(resume=asked(world, Command.RESUME).value)
        world.reconcile()
        assert world.condition("Ready") == ("False", "Progressing")
        assert "is not paused; the status says" in refused(world, Command.RESUME)


@pytest.mark.parametrize("command", [Command.PROMOTE, Command.PAUSE, Command.RESUME])
def test_without_a_candidate_it_is_said_who_serves(command: Command) -> None:
    world = served()
    expected = f"there is nothing to {command}: {world.memory.stable} serves what the spec asks for"
    assert refused(world, command) == expected


def test_without_anything_to_return_to_abort_leads_to_undo() -> None:
    assert "`kubectl sluiceway undo fraud -n models`" in refused(served(), Command.ABORT)


def test_what_is_refused_already_is_not_aborted() -> None:
    world = at_the_gate()
    candidate = world.memory.candidate
    give(world, Command.ABORT)
    assert f"there is nothing to abort: {candidate} is refused: a person aborted it" in refused(
        world, Command.ABORT
    )


def test_before_the_operator_has_taken_up_a_spec_there_is_nothing_to_abort() -> None:
    world = served()
    world.apply(replicas=2, runtime=NEXT, rollout=STEPS)
    assert "there is nothing to abort yet: the operator is about to take up fraud-" in refused(
        world, Command.ABORT
    )


def test_who_is_not_refused_is_not_retried() -> None:
    assert "is not refused, so there is nothing to retry" in refused(served(), Command.RETRY)
    assert "is being tried and is not refused" in refused(at_the_gate(), Command.RETRY)


def test_the_first_revision_needs_no_promotion() -> None:
    world = World()
    world.apply(replicas=2, rollout=STEPS)
    world.reconcile()
    assert "is the first revision and serves all requests as soon as its pods answer" in refused(
        world, Command.PROMOTE
    )
