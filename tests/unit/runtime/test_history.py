"""What the status tells of every revision: when it served, and how its last attempt ended."""

from __future__ import annotations

import pytest

from sluiceway.api.history import Entry
from sluiceway.core.signature import Signature
from sluiceway.core.verification import Answers
from tests.fakes.objects import IMAGE
from tests.fakes.trials import LONG, at_its_first_share, is_back
from tests.fakes.users import every, live
from tests.fakes.willing import SIGNATURE
from tests.fakes.world import World, find
from tests.unit.runtime.test_rollouts import NEXT, SHORT, aborted, started, until

THIRD = {"image": f"{IMAGE}-3"}


def entry(world: World, name: str) -> Entry:
    """Return what the status tells of a revision."""
    return next(entry for entry in world.status.history if entry.revision == name)


def served(told: Entry) -> tuple[str, str]:
    """Return from when until when a revision served that does not any more."""
    assert told.served_from
    assert told.served_until
    return told.served_from, told.served_until


def outcomes(world: World) -> list[tuple[int, str]]:
    """Return numbers and outcomes in the order in which the status tells them."""
    return [(entry.number, entry.outcome) for entry in world.status.history]


def taken_over() -> tuple[World, str, str]:
    """Return a world in which the second revision serves and the first one is still warm."""
    world, old, new = started()
    until(world, lambda: world.reached == new)
    return world, old, new


def test_who_serves_does_so_from_when_it_took_over_until_another_one_does() -> None:
    world, old, new = taken_over()
    before, after = entry(world, old), entry(world, new)
    assert outcomes(world) == [(2, "Serving"), (1, "Served")]
    begun, ended = served(before)
    assert begun < ended == before.ended_at == after.served_from
    assert (after.served_until, after.ended_at) == (None, None)
    assert before.message == f"{new} took over"


def test_a_candidate_is_pending_whatever_its_share_is() -> None:
    world, _, new = started()
    until(world, lambda: world.weights.get(new) == 50)
    told = entry(world, new)
    assert (told.outcome, told.attempt, told.served_from) == ("Pending", 1, None)


@pytest.mark.parametrize("lost", ["status", "HTTPRoute"])
def test_the_history_outlives_status_and_route(lost: str) -> None:
    world, *_ = aborted()
    before = world.status.history
    if lost == "status":
        world.cluster.edit(world.resource, lambda obj: obj.pop("status"))
    else:
        world.cluster.remove(find(world, lost))
    world.restart_operator()
    world.settle()
    assert world.status.history == before


def test_a_revision_that_was_superseded_is_tried_again_when_it_is_asked_for() -> None:
    world, _, new = started()
    until(world, lambda: world.weights.get(new) == 50)
    world.apply(replicas=4, rollout=SHORT, runtime=THIRD)
    world.settle()
    told = entry(world, new)
    assert (told.outcome, told.message) == ("Superseded", f"the spec asks for {world.reached}")
    assert told.ended_at
    world.apply(replicas=4, rollout=SHORT, runtime=NEXT)
    world.reconcile()
    again = entry(world, new)
    assert (again.number, again.outcome, again.attempt, again.ended_at) == (4, "Pending", 2, None)
    world.settle()
    assert world.reached == new


def test_a_revision_that_does_not_load_says_so_and_is_not_refused_when_another_one_is_asked_for() -> None:
    world, old, new = started()
    world.controllers.broken.add(NEXT["image"])
    world.settle()
    told = entry(world, new)
    assert (told.outcome, told.ended_at) == ("LoadFailed", None)
    assert told.message
    assert "no such file" in told.message
    world.apply(replicas=4, rollout=SHORT)
    world.settle()
    ended = entry(world, new)
    assert (ended.outcome, ended.message) == ("LoadFailed", f"{told.message}; the spec asks for {old}")
    assert ended.ended_at
    world.controllers.broken.clear()
    world.apply(replicas=4, rollout=SHORT, runtime=NEXT)
    world.settle()
    assert (entry(world, new).outcome, entry(world, new).attempt) == ("Serving", 2)


def test_a_revision_whose_signature_kept_it_from_users_says_so_when_it_is_superseded() -> None:
    world, old, new = started()
    world.prober.answers = lambda _golden: Answers(Signature(SIGNATURE.inputs, ()))
    world.settle()
    assert entry(world, new).outcome == "SignatureChanged"
    world.apply(replicas=4, rollout=SHORT)
    world.settle()
    assert entry(world, new).outcome == "SignatureChanged"
    assert entry(world, new).ended_at
    assert entry(world, old).outcome == "Serving"


def test_a_revision_that_nobody_waited_for_is_superseded() -> None:
    world = World()
    world.controllers.broken.add(IMAGE)
    world.apply(runtime={"image": IMAGE})
    world.settle()
    assert outcomes(world) == [(1, "LoadFailed")]
    world.apply(runtime=NEXT)
    world.settle()
    assert outcomes(world) == [(2, "Serving"), (1, "Superseded")]


def test_a_revision_that_is_returned_from_served_and_the_one_before_serves_anew() -> None:
    world, old, new = taken_over()
    first, _ = served(entry(world, old))
    world.command(abort=f"{new}/1/0")
    world.settle()
    before, after = entry(world, old), entry(world, new)
    assert (after.outcome, before.outcome) == ("Aborted", "Serving")
    begun, ended = served(after)
    assert first < begun < ended == after.ended_at == before.served_from
    assert before.served_until is None
    assert after.message == f"a person aborted it after it had taken over; {old} serves again"


def test_when_a_revision_served_is_known_after_later_attempts() -> None:
    world, old, new = taken_over()
    world.command(abort=f"{new}/1/0")
    world.settle()
    times = served(entry(world, new))
    world.command(retry=f"{new}/1/0")
    world.reconcile()
    world.reconcile()
    tried = entry(world, new)
    assert (tried.outcome, tried.attempt) == ("Pending", 2)
    world.apply(replicas=4, rollout=SHORT)
    world.settle()
    ended = entry(world, new)
    assert (ended.outcome, ended.attempt) == ("Superseded", 2)
    for told in (tried, ended):
        assert served(told) == times
    assert entry(world, old).outcome == "Serving"


def test_the_numbers_of_a_breach_stay_in_the_history() -> None:
    world, users, stable, candidate = at_its_first_share()
    users.ends[candidate] = every(1)
    assert live(world, 12, until=lambda: is_back(world, stable))
    live(world, 3)
    told = entry(world, candidate)
    failed = users.failed[candidate]
    assert told.outcome == "RolledBack"
    assert told.message
    assert told.message.startswith(f'broke "answers": {failed} of {failed} requests failed (1 % allowed')


def test_the_history_says_nothing_new_while_a_revision_is_judged() -> None:
    world, _, _, candidate = at_its_first_share(minRequests=1_000_000)
    before = world.status.history
    live(world, LONG // 4)
    assert world.memory.candidate == candidate
    assert world.status.history == before


def test_a_revision_that_serves_is_kept_on_record_however_old_it_is() -> None:
    world, old, _ = started({"steps": SHORT["steps"], "historyLimit": 1})
    for number in range(4):
        rollout = {"steps": SHORT["steps"], "historyLimit": 1}
        world.apply(replicas=4, rollout=rollout, runtime={"image": f"{IMAGE}-{number}"})
        world.reconcile()
        world.reconcile()
    records = world.cluster.of_kind("ControllerRevision")
    assert set(records) == {old, world.memory.candidate}


def test_a_revision_that_is_warm_is_kept_on_record_until_its_pods_go() -> None:
    world, old, new = started(SHORT | {"historyLimit": 1, "keepPreviousSeconds": 300})
    until(world, lambda: world.reached == new)
    promoted = world.memory.promoted
    assert promoted
    for _ in world.rounds():
        if (world.now - promoted).total_seconds() < 300:
            assert old in world.cluster.of_kind("ControllerRevision")
    assert set(world.cluster.of_kind("ControllerRevision")) == {new}
