"""The commands that the status offers do something, and those that it does not offer do nothing."""

from __future__ import annotations

import pytest

from sluiceway.core.commands import Command
from sluiceway.core.decide import decide
from sluiceway.core.observed import Observed
from tests.fakes.snapshots import carried_out, commanded
from tests.unit.core.states import STATES
from tests.unit.core.test_conditions import status_of

ACT_LATER = {
    ("a step is over and the pods for the next are missing", "promote"),
    ("a candidate has what its first pod carries", "promote"),
    ("a new revision does not load while the old one serves", "pause"),
    ("a candidate drops an output", "pause"),
    ("the candidate has lost its pods", "pause"),
    ("there are too few GPUs", "pause"),
    ("a person paused before the first request", "promote"),
    ("a person tries a refused one again", "promote"),
}
"""These are heard once what is in the way is gone."""
OBSERVED = {name: carried_out(carried_out(observed)) for name, (observed, _) in STATES.items()}


def offered(observed: Observed) -> dict[str, str]:
    found: dict[str, str] = status_of(observed).get("commands", {})
    return found


def done(observed: Observed, **command: str) -> tuple[object, ...]:
    """Return what the operator does and says, but for what it offers next."""
    annotations = observed.resource.metadata.annotations
    said = {name.partition("/")[2]: text for name, text in annotations.items()}
    told = commanded(observed, **said | command)
    plan, status = decide(told), status_of(told) | {"commands": None}
    return plan.writes, status, plan.notes, plan.look_again_seconds


CASES = [(state, command) for state, observed in OBSERVED.items() for command in offered(observed)]


def test_every_command_is_offered_in_some_state() -> None:
    assert {command for _, command in CASES} == set(Command)


@pytest.mark.parametrize(("state", "command"), CASES)
def test_a_command_that_is_offered_acts(state: str, command: str) -> None:
    observed = OBSERVED[state]
    acts = done(observed, **{command: offered(observed)[command]}) != done(observed)
    assert acts == ((state, command) not in ACT_LATER)


@pytest.mark.parametrize("state", OBSERVED)
def test_a_command_that_is_not_offered_does_nothing(state: str) -> None:
    observed = OBSERVED[state]
    named = next(iter(offered(observed).values()), f"{status_of(observed).get('serving')}/1/1")
    for command in set(Command) - set(offered(observed)):
        assert done(observed, **{command: named}) == done(observed), command
