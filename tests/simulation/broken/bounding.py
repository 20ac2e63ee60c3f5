"""Operators that exchange pods, or lead requests, without regard to the places that there are."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from sluiceway.core import endings, life, replicas, routing, taking_back
from sluiceway.core.capacity import next_weight
from sluiceway.core.memory import Memory
from sluiceway.core.pods import asked_for
from sluiceway.core.state import State
from sluiceway.core.steps import ALL
from tests.simulation.broken.sharing import replace_rule


def all_requests_return_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(endings, "share_of", lambda *_: ALL)


def what_is_left_is_never_given_back(patch: pytest.MonkeyPatch) -> None:
    replace_rule(patch, taking_back.eased, lambda _state: None)


def a_share_goes_back_to_pods_that_gateways_have_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(endings, "led_to", lambda state: {state.memory.stable, state.memory.previous})


def who_gives_back_gives_all_with_the_first_pod(patch: pytest.MonkeyPatch) -> None:
    def eased(state: State) -> Memory | None:
        eases = taking_back.eased(state)
        return eases.model_copy(update={"rest": 0}) if eases else None

    replace_rule(patch, taking_back.eased, eased)


def pods_that_are_ending_have_no_place(patch: pytest.MonkeyPatch) -> None:
    def places(state: State) -> Mapping[str, int]:
        return {name: asked_for(state.deployment(name)) for name in state.memory.live}

    patch.setattr(replicas, "_places", places)


def a_share_is_beyond_its_pods(patch: pytest.MonkeyPatch) -> None:
    def on_the_way(state: State) -> Memory | None:
        weight = next_weight(state, state.memory) - 1
        return state.memory.changed(weight=weight, shown=True) if weight > state.memory.weight else None

    patch.setattr(life, "_on_the_way", on_the_way)


def who_serves_gives_places_up_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(replicas, "step_is_due", lambda _state: True)


def who_served_before_keeps_no_place(patch: pytest.MonkeyPatch) -> None:
    real = replicas.replicas_of

    def replicas_of(state: State, after: Memory, name: str) -> int:
        alone = name == after.previous and not after.candidate and state.owner.spec.rollout.max_surge
        return 0 if alone else real(state, after, name)

    patch.setattr("sluiceway.core.desired.replicas_of", replicas_of)


def callers_inside_the_cluster_are_led_to_who_serves(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(routing, "_most_led", lambda _state, after: after.stable)


def another_one_is_tried_meanwhile(patch: pytest.MonkeyPatch) -> None:
    def began(state: State) -> Memory | None:
        rest = state.memory.rest
        forgetful = State(state.observed)
        forgetful.__dict__["memory"] = state.memory.model_copy(update={"rest": 0})
        begun = life._began(forgetful)
        return begun.model_copy(update={"rest": rest}) if begun else None

    replace_rule(patch, life._began, began)


BROKEN = (
    all_requests_return_at_once,
    what_is_left_is_never_given_back,
    a_share_goes_back_to_pods_that_gateways_have_forgotten,
    who_gives_back_gives_all_with_the_first_pod,
    pods_that_are_ending_have_no_place,
    a_share_is_beyond_its_pods,
    who_serves_gives_places_up_at_once,
    who_served_before_keeps_no_place,
    callers_inside_the_cluster_are_led_to_who_serves,
    another_one_is_tried_meanwhile,
)
