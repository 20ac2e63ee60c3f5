"""Rollouts as they are told, in the words of a log: read the diff of a golden as a change of behaviour."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Golden
from tests.simulation.connection import Fault
from tests.simulation.people import People
from tests.simulation.rest import settle
from tests.simulation.simulation import Simulation

NEXT = {"image": "triton:2"}
STEPS = {"steps": [{"weight": weight, "seconds": 60} for weight in (5, 25, 50, 100)]}
Telling = Callable[[Simulation, People], None]


def until(simulation: Simulation, happened: Callable[[], object]) -> None:
    """Let everybody take turns until something has happened; time passes as fast as it can."""
    for _ in range(100):
        if happened():
            return
        version, again = simulation.cluster.version, simulation.operate()
        _others(simulation)
        if simulation.cluster.version == version:
            simulation.let_pass(again or 0.0)
    raise AssertionError(f"it never happened:\n{simulation.story}")


def _others(simulation: Simulation) -> None:
    for step in (*simulation.controllers.steps.values(), simulation.controllers.publish):
        while step():
            pass


def share(simulation: Simulation, people: People) -> int:
    """Return the share of the candidate."""
    return simulation.world.weights.get(people.memory.candidate, 0)


def a_good_canary(simulation: Simulation, people: People) -> None:
    people.ask(runtime=NEXT)


def aborted_at_25_percent(simulation: Simulation, people: People) -> None:
    people.ask(runtime=NEXT)
    until(simulation, lambda: share(simulation, people) == 25)
    simulation.let_pass(20)
    people.command("abort")


def superseded_in_the_middle(simulation: Simulation, people: People) -> None:
    people.ask(runtime=NEXT, rollout={"steps": [{"weight": 50, "seconds": 60}]})
    until(simulation, lambda: share(simulation, people) == 50)
    people.ask(runtime={"image": "triton:3"})


def killed_after_the_route_of_a_promotion(simulation: Simulation, people: People) -> None:
    people.ask(runtime=NEXT, rollout={"strategy": "BlueGreen"})
    until(simulation, lambda: people.memory.shown)
    _others(simulation)
    simulation.weather.to_come["update HTTPRoute"] = Fault.KILLED


def a_candidate_that_does_not_load_and_recovers(simulation: Simulation, people: People) -> None:
    simulation.controllers.broken.add(NEXT["image"])
    people.ask(runtime=NEXT, rollout={"steps": [{"weight": 50, "seconds": 60}]})
    settle(simulation, in_turns=True)
    simulation.let_pass(600)
    simulation.note("people", "mend what the model lacked")
    simulation.controllers.broken.clear()


def returned_to_the_previous(simulation: Simulation, people: People) -> None:
    people.ask(runtime=NEXT, rollout={"steps": [{"weight": 50, "seconds": 60}]})
    until(
        simulation, lambda: simulation.world.reached == people.memory.stable != "" and people.memory.previous
    )
    simulation.let_pass(120)
    people.command("abort")


STORIES = (
    a_good_canary,
    aborted_at_25_percent,
    superseded_in_the_middle,
    killed_after_the_route_of_a_promotion,
    a_candidate_that_does_not_load_and_recovers,
    returned_to_the_previous,
)


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_story(story: Telling, golden: Golden) -> None:
    with Simulation() as simulation:
        people = People(simulation, rollout=STEPS)
        settle(simulation, in_turns=True)
        simulation.story.forget()
        story(simulation, people)
        settle(simulation, in_turns=True)
        told = str(simulation.story)
    golden(Path(__file__).parent / "golden" / f"{story.__name__.replace('_', '-')}.txt", told)
