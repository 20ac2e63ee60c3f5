"""Rollouts that are judged: what becomes of a candidate depends on how requests to it end."""

from __future__ import annotations

from typing import Any

import pytest

from sluiceway.api import names
from sluiceway.core.readings import Unanswered
from tests.fakes.trials import LONG, NEXT, ROLLOUT, STEPS, at_its_first_share, is_back, slo
from tests.fakes.users import every, inhabited, live, none


def test_a_candidate_that_is_well_takes_over_and_is_baked() -> None:
    world, users, stable, candidate = at_its_first_share()
    assert live(world, LONG, until=lambda: world.memory.stable == candidate)
    assert users.sent[candidate] > 3 * 100
    assert world.condition("CandidateHealthy") == ("True", "Healthy")
    assert world.memory.previous == stable
    assert live(world, LONG, until=lambda: not world.memory.previous)
    assert world.condition("Ready") == ("True", "Serving")
    assert world.condition("CandidateHealthy") == ("Unknown", "NoCandidate")


def test_a_candidate_that_fails_is_taken_back_with_the_numbers() -> None:
    world, users, stable, candidate = at_its_first_share()
    users.ends[candidate] = every(1)
    assert live(world, 12, until=lambda: is_back(world, stable))
    live(world, 3)
    failed = users.failed[candidate]
    assert world.condition("RolledBack") == ("True", "ObjectiveBroken")
    assert world.condition("Ready") == ("False", "RolledBack")
    assert world.condition("Stalled") == ("True", "RolledBack")
    assert world.condition("Available") == ("True", "Serving")
    assert world.message("RolledBack").startswith(
        f'{candidate} is refused: broke "answers": {failed} of {failed} requests'
    )

    assert f"with {stable}) at 10 % of the requests; {stable} serves on" in world.message("RolledBack")
    assert users.failed.get(candidate) == failed, "it got requests after it was taken back"


def test_weight_and_decision_are_one_write() -> None:
    world, users, stable, candidate = at_its_first_share()
    users.ends[candidate] = every(1)
    assert live(world, 12, until=lambda: world.weights.get(stable) == 100)
    route = world.cluster.of_kind("HTTPRoute")["fraud"]
    assert '"reason":"ObjectiveBroken"' in route["metadata"]["annotations"][names.ANNOTATION_ROLLOUT]


@pytest.mark.parametrize("looks", [1, 2, 3])
def test_a_hiccup_of_a_second_takes_nobody_back(looks: int) -> None:
    world, users, _, candidate = at_its_first_share()
    users.ends[candidate] = every(1)
    live(world, looks)
    users.ends[candidate] = none
    assert live(world, LONG, until=lambda: world.memory.stable == candidate)


def test_a_hiccup_may_be_asked_to_suffice() -> None:
    world, users, stable, candidate = at_its_first_share(hiccupSamples=1)
    users.ends[candidate] = every(1)
    live(world, 1)
    users.ends[candidate] = none
    assert live(world, 5, until=lambda: is_back(world, stable))


def test_one_bad_request_of_three_is_not_enough_whatever_is_tolerated() -> None:
    world, users, _, candidate = at_its_first_share(hiccupSamples=1)
    users.rate = 30
    users.ends[candidate] = lambda requests: min(1, requests)
    live(world, 1)
    users.ends[candidate] = none
    live(world, 30)
    assert candidate in (world.memory.candidate, world.memory.stable)


def test_what_hits_both_blames_nobody_and_holds() -> None:
    world, users, stable, candidate = at_its_first_share()
    users.ends = {stable: every(2), candidate: every(2)}
    assert live(world, 30, until=lambda: world.condition("CandidateHealthy") == ("False", "StableBroken"))
    live(world, 60)
    assert (world.memory.candidate, world.memory.weight) == (candidate, 10)
    users.ends.clear()
    assert live(world, LONG, until=lambda: world.memory.stable == candidate)


def test_a_fix_may_replace_a_stable_revision_that_is_broken() -> None:
    world, users, stable, candidate = at_its_first_share(onStableBroken="Advance")
    users.ends = {stable: every(1), candidate: every(4)}
    assert live(world, LONG, until=lambda: world.memory.stable == candidate)
    live(world, 90)
    assert world.memory.stable == candidate


def test_callers_whose_requests_are_refused_by_the_candidate_alone_are_evidence() -> None:
    world, users, stable, candidate = at_its_first_share()
    users.caller_ends[candidate] = every(1)
    assert live(world, 20, until=lambda: is_back(world, stable))
    live(world, 2)
    assert 'broke "callers"' in world.message("RolledBack")


def test_callers_that_are_wrong_with_both_are_not() -> None:
    world, users, stable, candidate = at_its_first_share()
    users.caller_ends = {stable: every(3), candidate: every(3)}
    assert live(world, LONG, until=lambda: world.memory.stable == candidate)


def test_after_the_promotion_a_breach_returns_the_requests_in_one_write() -> None:
    world, users, stable, candidate = at_its_first_share()
    assert live(world, LONG, until=lambda: world.memory.stable == candidate)
    users.ends[candidate] = every(2)
    assert live(world, 12, until=lambda: world.weights.get(stable) == 100)
    assert world.memory.stable == stable
    live(world, 2)
    assert world.condition("RolledBack") == ("True", "ObjectiveBroken")
    live(world, 120)
    assert world.weights == {stable: 100}
    assert world.condition("RolledBack") == ("True", "ObjectiveBroken")


def test_a_cause_that_is_shared_lifts_the_blame_and_moves_nothing_again() -> None:
    world, users, stable, candidate = at_its_first_share()
    assert live(world, LONG, until=lambda: world.memory.stable == candidate)
    users.ends = {stable: every(2), candidate: every(2)}
    assert live(world, 12, until=lambda: world.memory.stable == stable)
    assert live(world, 20, until=lambda: world.condition("Ready") == ("False", "CauseShared"))
    assert world.condition("RolledBack") == ("False", "CauseShared")
    users.ends.clear()
    live(world, 120)
    assert world.weights == {stable: 100}
    world.command(retry=f"{candidate}/1/0")
    assert live(world, LONG, until=lambda: world.memory.stable == candidate)


def test_a_refused_revision_stays_refused_whatever_is_edited_but_the_model() -> None:
    world, users, stable, candidate = at_its_first_share()
    users.ends[candidate] = every(1)
    assert live(world, 12, until=lambda: is_back(world, stable))
    live(world, 20)
    edits: list[dict[str, Any]] = [
        {"rollout": {"steps": STEPS[1:]}, "slo": slo()},
        {"rollout": ROLLOUT, "slo": slo(minRequests=1)},
        {"rollout": ROLLOUT},
    ]
    for edit in edits:
        world.apply(replicas=2, runtime=NEXT, **edit)
        live(world, 20)
        assert world.weights == {stable: 100}
        assert world.condition("RolledBack") == ("True", "ObjectiveBroken")
    world.restart_operator()
    live(world, 20)
    assert world.weights == {stable: 100}


def test_without_route_and_status_it_stays_refused() -> None:
    world, users, stable, candidate = at_its_first_share()
    users.ends[candidate] = every(1)
    assert live(world, 12, until=lambda: is_back(world, stable))
    live(world, 20)
    world.cluster.remove(next(ref for ref in world.cluster.objects if ref.kind == "HTTPRoute"))
    world.cluster.edit(world.resource, lambda obj: obj.pop("status"))
    live(world, 20)
    assert world.weights == {stable: 100}
    assert world.condition("RolledBack") == ("True", "ObjectiveBroken")


def test_low_traffic_holds_and_does_not_promote_on_silence() -> None:
    world, users, _, candidate = at_its_first_share()
    users.rate = 0
    live(world, 120)
    assert (world.memory.candidate, world.memory.weight) == (candidate, 10)
    assert world.condition("Ready") == ("False", "Insufficient")
    users.rate = 100
    assert live(world, LONG, until=lambda: world.memory.stable == candidate)


@pytest.mark.parametrize(("choice", "goes_on"), [("Promote", True), ("Rollback", False)])
def test_after_long_enough_the_user_decides_about_too_few_requests(choice: str, goes_on: bool) -> None:
    world, users, stable, candidate = at_its_first_share(onInsufficient=choice, maxStepSeconds=40)
    users.rate = 0
    assert live(
        world, LONG, until=lambda: world.memory.stable == candidate if goes_on else is_back(world, stable)
    )
    live(world, 2)
    if not goes_on:
        assert world.condition("RolledBack") == ("True", "Insufficient")


@pytest.mark.parametrize("choice", ["Hold", "Rollback", "Continue"])
def test_when_nothing_can_be_measured_the_user_decides(choice: str) -> None:
    world, users, stable, candidate = at_its_first_share(onNoData=choice, noDataSeconds=30)
    live(world, 3)
    for pod in world.cluster.of_kind("Pod").values():
        users.told[f"{pod['status']['podIP']}:8003"] = Unanswered("connection refused")
    live(world, 15)
    assert (world.memory.candidate, world.memory.weight) == (candidate, 10)
    assert world.condition("SignalsAvailable") == ("False", "GuardUnreachable")
    live(world, 60)
    if choice == "Hold":
        assert (world.memory.candidate, world.memory.weight) == (candidate, 10)
        assert world.condition("Ready") == ("False", "SignalsMissing")
    elif choice == "Rollback":
        assert is_back(world, stable)
        assert world.condition("RolledBack") == ("True", "SignalsMissing")
    else:
        assert world.memory.stable == candidate or world.memory.weight > 10


def test_an_operator_that_is_followed_by_another_forgets_no_evidence() -> None:
    world, users, stable, candidate = at_its_first_share()
    users.ends[candidate] = every(1)
    for _ in range(8):
        live(world, 2)
        world.restart_operator()
        if is_back(world, stable):
            return
    raise AssertionError("every new operator began anew")


def test_time_in_which_nobody_looked_does_not_count() -> None:
    world, _, _, candidate = at_its_first_share()
    world.let_pass(600)
    world.restart_operator()
    live(world, 3)
    assert (world.memory.candidate, world.memory.weight) == (candidate, 10)


def test_while_nothing_changes_status_and_record_are_written_every_fifteen_seconds() -> None:
    world, _, _, _ = at_its_first_share(minRequests=1_000_000)
    live(world, 30)
    written = len(world.cluster.requests)
    live(world, 45)
    assert len(world.cluster.requests) - written <= 2 * (45 // 15 + 1)


def test_a_candidate_that_can_not_be_measured_gets_no_requests() -> None:
    world, users = inhabited()
    world.apply(replicas=1)
    world.settle()
    world.apply(replicas=1, runtime=NEXT, rollout=ROLLOUT, slo=slo())
    assert live(world, LONG, until=lambda: world.memory.shown)
    for pod in world.cluster.of_kind("Pod").values():
        users.told[f"{pod['status']['podIP']}:8003"] = Unanswered("connection refused")
    world.restart_operator()
    live(world, 10)
    assert world.memory.weight == 0
    assert world.condition("Ready") == ("False", "SignalsMissing")
    users.told.clear()
    assert live(world, LONG, until=lambda: world.memory.weight == 10)


def test_who_lost_its_pods_while_both_were_broken_gets_requests_again_when_it_has_some() -> None:
    world, users, stable, candidate = at_its_first_share()
    users.ends = {stable: every(2), candidate: every(2)}
    assert live(world, 30, until=lambda: world.condition("CandidateHealthy") == ("False", "StableBroken"))
    for ref in [ref for ref in world.cluster.objects if ref.kind == "Pod" and ref.name.startswith(candidate)]:
        world.cluster.remove(ref)
    assert live(world, 5, until=lambda: world.memory.weight == 0)
    users.ends.clear()
    assert live(world, LONG, until=lambda: world.memory.stable == candidate)
