"""Operators that mistake autoscalers, or hand the number of pods over carelessly."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sluiceway.core import capacity, carrying, decide, desired, life, replicas
from sluiceway.core.capacity import live_replicas
from sluiceway.core.memory import Memory
from sluiceway.core.replicas import floor_of
from sluiceway.core.state import State
from sluiceway.core.steps import ALL, pods_for


def what_carried_everything_is_not_asked(patch: pytest.MonkeyPatch) -> None:
    for module in (capacity, replicas):
        patch.setattr(module, "need", _least)


def the_number_is_kept_no_longer_than_the_rollout(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(carrying, "calms_in", lambda *_: 0)


def the_number_is_that_of_the_floor(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(desired, "replicas_of", floor_of)


def what_carried_everything_falls_with_the_load(patch: pytest.MonkeyPatch) -> None:
    def lowered(state: State, after: Memory) -> Memory:
        noted = carrying.carrying(state, after)
        measured = carrying._measured(state, after)
        return carrying._noted(state, noted, measured, noted.calm) if noted.carried and measured else noted

    patch.setattr(life, "carrying", lowered)


def a_load_that_grows_is_not_added_up(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(carrying, "_measured", lambda *_: 0)


def a_load_is_that_of_the_one_who_serves(patch: pytest.MonkeyPatch) -> None:
    real = carrying._measured

    def measured(state: State, after: Memory) -> int:
        return real(state, after.model_copy(update={"candidate": "", "previous": "", "leaving": ()}))

    patch.setattr(carrying, "_measured", measured)


def pods_that_load_are_taken_for_measured(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(carrying, "measured_pods", live_replicas)


def who_serves_has_a_floor_for_its_share(patch: pytest.MonkeyPatch) -> None:
    _floor(
        patch, lambda state, after: (after.stable, pods_for(ALL - after.weight, capacity.need(state, after)))
    )


def who_served_before_has_the_minimum(patch: pytest.MonkeyPatch) -> None:
    _floor(patch, lambda state, after: (after.previous, _least(state, after)))


def a_rollout_begins_with_the_minimum(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(carrying, "_carry", _least)


def the_autoscaler_stays_when_nobody_asks_for_it(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(decide, "unscaled", lambda *_: ())


def the_number_begins_anew_with_an_autoscaler(patch: pytest.MonkeyPatch) -> None:
    def replicas_of(state: State, after: Memory, name: str) -> int:
        new = state.owner.spec.autoscaling and not state.autoscaler(name)
        return floor_of(state, after, name) if new else replicas.replicas_of(state, after, name)

    patch.setattr(desired, "replicas_of", replicas_of)


def _least(state: State, _after: Memory) -> int:
    given = state.owner.spec.autoscaling
    return given.min_replicas if given else state.owner.spec.replicas


def _floor(patch: pytest.MonkeyPatch, lowered: Callable[[State, Memory], tuple[str, int]]) -> None:
    def floor(state: State, after: Memory, name: str) -> int:
        who, pods = lowered(state, after)
        return pods if state.owner.spec.autoscaling and name == who else floor_of(state, after, name)

    patch.setattr(desired, "floor_of", floor)


BROKEN = (
    what_carried_everything_is_not_asked,
    the_number_is_kept_no_longer_than_the_rollout,
    the_number_is_that_of_the_floor,
    what_carried_everything_falls_with_the_load,
    a_load_that_grows_is_not_added_up,
    a_load_is_that_of_the_one_who_serves,
    pods_that_load_are_taken_for_measured,
    who_serves_has_a_floor_for_its_share,
    who_served_before_has_the_minimum,
    a_rollout_begins_with_the_minimum,
    the_autoscaler_stays_when_nobody_asks_for_it,
    the_number_begins_anew_with_an_autoscaler,
)
