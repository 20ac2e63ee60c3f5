"""A second revision takes over: what callers get at every moment, and what people may do meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sluiceway.build.objects import Object
from sluiceway.build.route import http_route
from tests.fakes.objects import IMAGE, NAME, make_resource
from tests.fakes.world import World, find

NEXT = {"image": "nvcr.io/nvidia/tritonserver:26.08-py3"}
SHORT: Object = {"steps": [{"weight": 10, "seconds": 30}, {"weight": 50, "seconds": 30}]}


def started(rollout: Object | None = None, **given: Any) -> tuple[World, str, str]:
    """Return a world in which a second revision was just asked for, and the names of both."""
    world = World()
    asked: dict[str, Any] = {"replicas": 4, "rollout": SHORT if rollout is None else rollout} | given
    world.apply(**asked)
    world.settle()
    old = world.reached
    world.apply(**asked | {"runtime": NEXT})
    world.reconcile()
    return world, old, world.memory.candidate


def until(world: World, happened: Callable[[], object]) -> None:
    """Let everybody take turns until something has happened."""
    for _ in world.rounds():
        if happened():
            return
    raise AssertionError(f"it never happened: {world.cluster.requests[-10:]}")


def shares(world: World) -> list[dict[str, int]]:
    """Let everybody take turns until all is at rest; return the shares that callers got, in their order."""
    seen: list[dict[str, int]] = [{name: weight for name, weight in world.weights.items() if weight}]
    for _ in world.rounds():
        now = {name: weight for name, weight in world.weights.items() if weight}
        if now != seen[-1]:
            seen.append(now)
    return seen


def test_the_share_rises_step_by_step_and_the_pods_that_were_tried_serve_in_the_end() -> None:
    world, old, new = started()
    until(world, lambda: world.weights.get(new))
    tried = {name for name in world.cluster.of_kind("Pod") if name.startswith(new)}
    assert shares(world) == [{old: 90, new: 10}, {old: 50, new: 50}, {new: 100}]
    assert tried <= set(world.cluster.of_kind("Pod"))
    assert world.reached == new == world.status.serving
    assert world.condition("Ready") == ("True", "Serving")


@pytest.mark.parametrize(
    ("rollout", "expected"),
    [
        ({}, [5, 25, 50, 100]),
        ({"linear": {"weight": 40, "seconds": 5}}, [40, 80, 100]),
        ({"strategy": "BlueGreen"}, [100]),
        ({"strategy": "AllAtOnce"}, [100]),
    ],
)
def test_the_strategy_says_which_shares(rollout: Object, expected: list[int]) -> None:
    world, _, new = started(rollout)
    assert [found.get(new, 0) for found in shares(world)][1:] == expected


def test_without_a_gateway_a_revision_takes_over_by_one_switch_of_the_service() -> None:
    world, old, new = started({"strategy": "Canary"}, traffic=None)
    reached = [world.reached]
    for _ in world.rounds():
        if world.reached != reached[-1]:
            reached.append(world.reached)
    assert reached == [old, new]


def test_a_candidate_has_pods_for_its_share_and_for_the_next_one_and_the_others_keep_theirs() -> None:
    world, old, new = started()
    sizes = set()
    for _ in world.rounds():
        deployments = world.cluster.of_kind("Deployment")
        if old in deployments:
            sizes.add((world.memory.step, deployments[new]["spec"]["replicas"]))
            assert deployments[old]["spec"]["replicas"] == 4
    assert sizes == {(0, 1), (1, 2), (2, 4), (0, 4)}


def test_the_previous_revision_keeps_its_pods_for_a_while() -> None:
    world, old, new = started(SHORT | {"keepPreviousSeconds": 300})
    until(world, lambda: world.reached == new)
    promoted = world.memory.promoted
    until(world, lambda: old not in world.cluster.of_kind("Deployment"))
    assert promoted
    assert 300 <= (world.now - promoted).total_seconds() < 330
    assert old in world.cluster.of_kind("ControllerRevision")


def test_all_at_once_keeps_nothing() -> None:
    world, old, new = started({"strategy": "AllAtOnce"})
    until(world, lambda: world.reached == new)
    promoted = world.memory.promoted
    until(world, lambda: old not in world.cluster.of_kind("Deployment"))
    assert promoted
    assert (world.now - promoted).total_seconds() < 30


def test_every_revision_keeps_its_place_in_the_route() -> None:
    world, *_ = started({"strategy": "AllAtOnce"})
    places: dict[str, int] = {}
    for number in range(4):
        world.apply(replicas=2, rollout=SHORT, runtime={"image": f"{IMAGE}-{number}"})
        for _ in world.rounds():
            for place, name in enumerate(world.weights):
                assert places.setdefault(name, place) == place
    assert set(places.values()) == {0, 1}


def test_callers_may_choose_the_candidate_by_header_before_it_has_a_share() -> None:
    world, _, new = started()
    until(world, lambda: world.memory.shown)
    rules = world.cluster.of_kind("HTTPRoute")[NAME]["spec"]["rules"]
    assert world.weights[new] == 0
    chosen = [rule for rule in rules if rule["backendRefs"][0]["name"] == new]
    assert [rule["backendRefs"][0]["port"] for rule in chosen] == [8000, 8001]
    for rule in chosen:
        for match in rule["matches"]:
            assert {"type": "Exact", "name": "sluiceway-revision", "value": new} in match["headers"]


def test_the_preview_can_be_off() -> None:
    world, _, new = started(SHORT | {"preview": "Disabled"})
    chosen = set()
    for _ in world.rounds():
        rules = world.cluster.of_kind("HTTPRoute")[NAME]["spec"]["rules"][2:]
        chosen |= {match["headers"][0]["value"] for rule in rules for match in rule["matches"]}
    assert world.reached == new
    # The rules are there, since they keep a backend alive at weight 0; nobody can name what they ask for.
    assert chosen
    assert not {value for value in chosen if "fraud" in value}


def test_the_way_back_is_kept_open_while_the_candidate_has_everything() -> None:
    world, old, new = started({"steps": [{"weight": 100, "gate": True}]})
    world.settle()
    assert world.weights == {old: 0, new: 100}
    rules = world.cluster.of_kind("HTTPRoute")[NAME]["spec"]["rules"][2:]
    assert {backend["name"] for rule in rules for backend in rule["backendRefs"]} == {old, new}


def test_a_revision_that_lost_its_share_keeps_its_place_and_its_pods_for_a_moment() -> None:
    world, old, new = started()
    until(world, lambda: world.weights.get(new) == 10)
    world.command(abort=f"{new}/1/1")
    world.reconcile()
    left = world.now
    assert world.weights == {old: 100, new: 0}
    until(world, lambda: new not in world.weights)
    assert 10 <= (world.now - left).total_seconds() < 20
    assert new in world.cluster.of_kind("Deployment")
    world.settle()
    assert new not in world.cluster.of_kind("Deployment")


def test_a_step_with_a_gate_lasts_until_somebody_promotes() -> None:
    world, _, new = started({"steps": [{"weight": 10, "seconds": 1, "gate": True}]})
    world.settle()
    assert world.weights[new] == 10
    assert world.condition("Ready") == ("False", "AwaitingPromotion")
    typed = world.message("Ready").rpartition(" ")[2]
    assert typed == f"sluiceway.dev/promote={new}/1/1"
    world.command(promote=f"{new}/1/1")
    world.settle()
    assert world.reached == new


@pytest.mark.parametrize(
    "stale", ["{old}/1/1", "{new}/2/1", "{new}/1/2", "{new}/1", "{new}", "", "{new}/x/1"]
)
def test_a_command_that_names_something_else_does_nothing(stale: str) -> None:
    world, old, new = started({"steps": [{"weight": 10, "gate": True}, {"weight": 50, "gate": True}]})
    world.settle()
    world.command(promote=stale.format(old=old, new=new))
    world.settle()
    assert world.weights[new] == 10


def test_a_promotion_acts_once() -> None:
    world, _, new = started({"steps": [{"weight": 10, "gate": True}, {"weight": 50, "gate": True}]})
    world.settle()
    world.command(promote=f"{new}/1/1")
    world.settle()
    world.restart_operator()
    world.settle()
    assert world.weights[new] == 50


def test_a_pause_stops_the_clock_and_a_resume_lets_it_run_on() -> None:
    world, _, new = started()
    until(world, lambda: world.weights.get(new) == 10)
    world.let_pass(10)
    world.command(pause=f"{new}/1/1")
    world.settle()
    world.let_pass(3600)
    world.settle()
    assert world.weights[new] == 10
    assert world.condition("Ready") == ("False", "Paused")
    world.command(resume=f"{new}/1/1")
    resumed = world.now
    until(world, lambda: world.weights.get(new) == 50)
    assert 10 <= (world.now - resumed).total_seconds() < 30


def test_a_pause_that_comes_late_holds_all_the_same() -> None:
    world, _, new = started()
    until(world, lambda: world.weights.get(new) == 50)
    world.command(pause=f"{new}/1/1")
    world.settle()
    assert world.weights[new] == 50


def test_an_abort_takes_the_traffic_back_and_the_revision_is_refused_from_then_on() -> None:
    world, old, new = started()
    until(world, lambda: world.weights.get(new) == 50)
    before = len(world.cluster.requests)
    world.command(abort=f"{new}/1/1")
    world.reconcile()
    assert world.cluster.requests[before] == f"update HTTPRoute models/{NAME}"
    world.settle()
    assert world.routed == {old} == {world.reached}
    assert new not in world.cluster.of_kind("Deployment")
    assert world.condition("Stalled") == ("True", "RolledBack")
    assert world.condition("RolledBack") == ("True", "Aborted")
    assert world.condition("Available") == ("True", "Serving")
    assert (
        f"kubectl annotate mdep {NAME} -n models --overwrite sluiceway.dev/retry={new}/1/0"
        in world.message("Ready")
    )


def aborted() -> tuple[World, str, str]:
    world, old, new = started()
    until(world, lambda: world.weights.get(new) == 50)
    world.command(abort=f"{new}/1/2")
    world.settle()
    return world, old, new


@pytest.mark.parametrize("lost", ["HTTPRoute", "status", "Service", "operator"])
def test_a_refused_revision_stays_refused(lost: str) -> None:
    world, old, new = aborted()
    if lost == "status":
        world.cluster.edit(world.resource, lambda obj: obj.pop("status"))
    elif lost != "operator":
        world.cluster.remove(find(world, lost))
    world.restart_operator()
    world.apply(replicas=3, rollout={"strategy": "AllAtOnce"}, runtime=NEXT)
    world.settle()
    assert world.routed == {old}
    assert new not in world.cluster.of_kind("Deployment")
    assert world.condition("RolledBack") == ("True", "Aborted")


def test_a_retry_sends_it_out_again_once() -> None:
    world, old, new = aborted()
    world.command(retry=f"{new}/1/0")
    until(world, lambda: world.weights.get(new) == 10)
    assert world.memory.attempt == 2
    world.command(abort=f"{new}/2/1")
    world.settle()
    assert world.routed == {old}
    world.restart_operator()
    world.settle()
    assert world.routed == {old}
    assert world.condition("RolledBack") == ("True", "Aborted")


def test_another_model_is_tried_though_the_last_one_was_refused() -> None:
    world, *_ = aborted()
    world.apply(replicas=4, rollout=SHORT, runtime={"image": f"{IMAGE}-fixed"})
    world.settle()
    assert world.condition("Ready") == ("True", "Serving")
    assert world.condition("RolledBack")[0] == "False"


def test_the_stable_spec_applied_again_is_the_natural_abort() -> None:
    world, old, new = started()
    until(world, lambda: world.weights.get(new) == 50)
    world.apply(replicas=4, rollout=SHORT)
    before = len(world.cluster.requests)
    world.reconcile()
    assert world.cluster.requests[before] == f"update HTTPRoute models/{NAME}"
    world.settle()
    assert world.routed == {old}
    assert world.condition("Ready") == ("True", "Serving")
    world.apply(replicas=4, rollout=SHORT, runtime=NEXT)
    world.settle()
    assert world.reached == new


def test_a_new_spec_in_the_middle_supersedes_the_candidate_whose_share_goes_first() -> None:
    world, old, new = started()
    until(world, lambda: world.weights.get(new) == 50)
    world.apply(replicas=4, rollout=SHORT, runtime={"image": f"{IMAGE}-3"})
    seen = shares(world)
    third = world.reached
    assert seen == [{old: 50, new: 50}, {old: 100}, {old: 90, third: 10}, {old: 50, third: 50}, {third: 100}]
    assert third not in (old, new)


def test_after_a_promotion_an_abort_returns_to_the_previous_revision_while_it_is_warm() -> None:
    world, old, new = started()
    until(world, lambda: world.reached == new)
    pods = {name for name in world.cluster.of_kind("Pod") if name.startswith(old)}
    world.command(abort=f"{new}/1/0")
    world.settle()
    assert world.routed == {old} == {world.reached}
    assert pods <= set(world.cluster.of_kind("Pod"))
    assert world.condition("RolledBack") == ("True", "Aborted")


def test_the_previous_spec_applied_again_finds_its_pods_warm() -> None:
    world, old, new = started()
    until(world, lambda: world.reached == new)
    pods = {name for name in world.cluster.of_kind("Pod") if name.startswith(old)}
    world.apply(replicas=4, rollout=SHORT)
    until(world, lambda: world.reached == old)
    assert pods <= set(world.cluster.of_kind("Pod"))


def test_a_candidate_that_loses_all_its_pods_loses_its_share_until_it_answers_again() -> None:
    world, old, new = started()
    until(world, lambda: world.weights.get(new) == 50)
    world.controllers.broken.add(NEXT["image"])
    for name in [name for name in world.cluster.of_kind("Pod") if name.startswith(new)]:
        world.cluster.remove(find(world, "Pod", name))
    world.settle()
    assert world.routed == {old}
    assert world.condition("Stalled") == ("True", "LoadFailed")
    world.controllers.broken.clear()
    world.settle()
    assert world.reached == new


def test_nothing_goes_back_to_a_stable_revision_without_pods() -> None:
    world, old, new = started()
    until(world, lambda: world.weights.get(new) == 50)
    for name in [name for name in world.cluster.of_kind("Pod") if name.startswith(old)]:
        world.cluster.remove(find(world, "Pod", name))
    world.command(abort=f"{new}/1/2")
    world.reconcile()
    assert world.weights[new] == 50
    world.settle()
    assert world.routed == {old}


def test_a_gateway_that_does_not_take_up_the_route_holds_the_rollout() -> None:
    world, _, new = started()
    until(world, lambda: world.weights.get(new) == 10)
    world.cluster.remove(find(world, "Gateway", "public"))
    world.settle()
    assert world.weights[new] == 10
    assert world.condition("TrafficReady") == ("False", "GatewayNotFound")


def test_a_hostname_that_is_taken_meanwhile_keeps_no_share_from_going_back() -> None:
    world, old, new = started()
    until(world, lambda: world.weights.get(new) == 50)
    other = make_resource("other", traffic={"parentRefs": [{"name": "public"}], "hostnames": ["b.example"]})
    assert other.spec.traffic
    theirs = http_route(other, other.spec.traffic, {"other-1a2b3": 100})
    theirs["metadata"] |= {"creationTimestamp": "2026-07-30T01:00:00Z", "ownerReferences": []}
    world.cluster.put(theirs)
    wanted = {"parentRefs": [{"name": "public"}], "hostnames": ["b.example"]}
    world.apply(replicas=4, rollout=SHORT, runtime=NEXT, traffic=wanted)
    world.reconcile()
    assert world.condition("TrafficReady") == ("False", "HostnameTaken")
    world.command(abort=f"{new}/1/2")
    world.reconcile()
    assert world.routed == {old}
    assert world.cluster.of_kind("HTTPRoute")[NAME]["spec"]["hostnames"] == ["fraud.example.com"]


def test_refused_revisions_are_kept_beyond_the_limit_of_the_history() -> None:
    world, old, new = aborted()
    for number in range(5):
        rollout = {"strategy": "AllAtOnce", "historyLimit": 3}
        world.apply(replicas=1, rollout=rollout, runtime={"image": f"{IMAGE}-{number}"})
        world.settle()
    records = world.cluster.of_kind("ControllerRevision")
    assert new in records
    assert old not in records
    assert len(records) == 3


def test_a_finished_rollout_is_at_rest() -> None:
    world, *_ = started()
    world.settle()
    before = len(world.cluster.requests)
    world.restart_operator()
    assert world.reconcile() is None
    assert len(world.cluster.requests) == before
