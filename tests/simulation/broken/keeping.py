"""Operators that forget what they must keep: decisions, pods, places in the route."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from sluiceway.api.resource import ModelDeployment
from sluiceway.build import workload
from sluiceway.build.objects import Object
from sluiceway.core import decide, desired, endings, life, replicas, routing
from sluiceway.core.memory import Memory, Outcome
from sluiceway.core.observed import Observed
from sluiceway.core.state import State
from sluiceway.core.steps import ALL, pods_for
from sluiceway.runtime.observe import Observer


def refusals_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(State, "refusal", lambda *_: None)


def outcomes_are_not_put_on_record(patch: pytest.MonkeyPatch) -> None:
    def record(*given: Any, **named: Any) -> Object:
        return workload.controller_revision(*given, **named | {"outcome": ""})

    patch.setattr(desired, "controller_revision", record)


def who_served_before_is_not_told(patch: pytest.MonkeyPatch) -> None:
    def serves(state: State, name: str, attempt: int) -> tuple[Outcome, ...]:
        return endings.outcomes(state, endings.begun(state, name, attempt))

    patch.setattr(life, "serves", serves)


def the_memory_is_not_written_with_the_weights(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Memory, "written", lambda _memory: "")


def two_transitions_are_made_at_once(patch: pytest.MonkeyPatch) -> None:
    real = life.advance

    def advance(state: State) -> Memory:
        ahead = State(state.observed)
        ahead.__dict__["memory"] = real(state)
        return real(ahead)

    patch.setattr(decide, "advance", advance)


def pods_are_known_from_an_earlier_look(patch: pytest.MonkeyPatch) -> None:
    real, earlier = Observer.look, dict[str, Observed]()

    async def look(self: Observer, resource: ModelDeployment) -> Observed:
        now = await real(self, resource)
        before = earlier.get(resource.metadata.uid, now)
        earlier[resource.metadata.uid] = now
        return replace(now, pods=before.pods, slices=before.slices)

    patch.setattr(Observer, "look", look)


def who_serves_is_scaled_to_its_share(patch: pytest.MonkeyPatch) -> None:
    real = replicas.replicas_of

    def replicas_of(state: State, after: Memory, name: str) -> int:
        if name == after.stable:
            return max(1, pods_for(ALL - after.weight, state.owner.spec.replicas))
        return real(state, after, name)

    patch.setattr(desired, "replicas_of", replicas_of)


def a_candidate_has_pods_for_the_share_of_now_alone(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(replicas, "next_weight", lambda _state, after: after.weight)


def the_previous_one_is_not_kept(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(life, "kept_for", lambda *_: 0)


def the_previous_one_keeps_one_pod(patch: pytest.MonkeyPatch) -> None:
    real = replicas.replicas_of

    def replicas_of(state: State, after: Memory, name: str) -> int:
        return 1 if name == after.previous else real(state, after, name)

    patch.setattr(desired, "replicas_of", replicas_of)


def the_gateway_is_not_waited_for(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(State, "settled", True)
    patch.setattr(life, "leaves_in", lambda *_: 0)


def places_end_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(endings, "leaving", lambda _state: {})


def pods_start_anew_when_they_take_over(patch: pytest.MonkeyPatch) -> None:
    def deployment(owner: ModelDeployment, revision: str, *, template: Object, replicas: int) -> Object:
        role = {"role": "stable" if revision == owner.status.serving else "candidate"}
        metadata: Mapping[str, Any] = template["metadata"]
        labelled = template | {"metadata": {**metadata, "labels": {**metadata["labels"], **role}}}
        return workload.deployment(owner, revision, template=labelled, replicas=replicas)

    patch.setattr(desired, "deployment", deployment)


def places_in_the_route_are_sorted(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(routing, "places", lambda _now, live: sorted(live))


BROKEN = (
    refusals_are_forgotten,
    outcomes_are_not_put_on_record,
    who_served_before_is_not_told,
    the_memory_is_not_written_with_the_weights,
    two_transitions_are_made_at_once,
    pods_are_known_from_an_earlier_look,
    who_serves_is_scaled_to_its_share,
    a_candidate_has_pods_for_the_share_of_now_alone,
    the_previous_one_is_not_kept,
    the_previous_one_keeps_one_pod,
    the_gateway_is_not_waited_for,
    places_end_at_once,
    pods_start_anew_when_they_take_over,
    places_in_the_route_are_sorted,
)
