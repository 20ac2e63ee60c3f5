"""The events of whole rollouts: what happened, in its order, each once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Golden
from tests.fakes.users import live
from tests.fakes.world import World
from tests.unit.runtime import judged_states
from tests.unit.runtime.judged_states import STATES, lived

GOLDEN = Path(__file__).parent / "golden" / "events" / "of-rollouts.txt"
RESTING = (
    judged_states.both_break_an_objective,
    judged_states.nothing_has_been_measured_for_long,
    judged_states.the_candidate_broke_an_objective,
    judged_states.the_one_before_breaks_it_as_well,
    judged_states.the_metrics_of_the_gateway_are_missing,
)


def told(world: World) -> list[str]:
    return [f"{event.type:7} {event.reason}: {event.message}" for event in world.cluster.events]


def test_what_people_are_told_of_every_rollout(golden: Golden) -> None:
    lines = []
    for state in STATES:
        lines += [state.__name__.replace("_", " "), *(f"  {line}" for line in told(lived(state)))]
    golden(GOLDEN, "\n".join(lines) + "\n")


@pytest.mark.parametrize("state", RESTING, ids=lambda state: state.__name__)
def test_neither_time_nor_another_operator_tells_anything_again(state: Callable[[], World]) -> None:
    world = state()
    before = told(world)
    live(world, 10)
    world.restart_operator()
    live(world, 10)
    assert told(world) == before
    assert len(set(before)) == len(before)
