"""Commands of people: what they name, and whether they act."""

from __future__ import annotations

import pytest

from sluiceway.api.resource import ModelDeployment
from sluiceway.core.commands import (
    Command,
    aborted,
    given,
    paused,
    promoted,
    retried,
    to_pause,
    to_resume,
    unreadable,
)
from sluiceway.core.memory import Memory, Outcome
from tests.fakes.objects import make_resource

AT_STEP_2 = Memory(stable="fraud-a", candidate="fraud-b", attempt=1, step=2, weight=25)


def annotated(**commands: str) -> ModelDeployment:
    return make_resource(annotations={f"sluiceway.dev/{name}": text for name, text in commands.items()})


@pytest.mark.parametrize("text", ["", "fraud-b", "fraud-b/1", "/1/2", "fraud-b/one/2", "fraud-b/1/-2", "//"])
def test_what_names_nothing_is_no_command_and_is_told(text: str) -> None:
    owner = annotated(abort=text)
    assert given(owner, Command.ABORT) is None
    assert unreadable(owner) == (["sluiceway.dev/abort"] if text else [])


def test_what_stands_behind_the_third_part_only_tells_two_commands_apart() -> None:
    found = given(annotated(pause=" fraud-b/1/2/again\n"), Command.PAUSE)
    assert found
    assert (found.revision, found.attempt, found.step, found.text) == ("fraud-b", 1, 2, "fraud-b/1/2/again")


@pytest.mark.parametrize(
    ("commands", "holds"),
    [
        ({}, False),
        ({"pause": "fraud-b/1/2"}, True),
        ({"pause": "fraud-b/1/1"}, True),
        ({"pause": "fraud-b/1/3"}, False),
        ({"pause": "fraud-b/2/2"}, False),
        ({"pause": "fraud-a/1/2"}, False),
        ({"pause": "fraud-b/1/2", "resume": "fraud-b/1/2"}, False),
        ({"pause": "fraud-b/1/1", "resume": "fraud-b/1/2"}, False),
        ({"pause": "fraud-b/1/2", "resume": "fraud-b/1/1"}, True),
        ({"pause": "fraud-b/1/2", "resume": "fraud-b/2/2"}, True),
        ({"pause": "fraud-b/1/2/again", "resume": "fraud-b/1/2"}, True),
        ({"pause": "fraud-b/1/2/again", "resume": "fraud-b/1/2/again"}, False),
        ({"resume": "fraud-b/1/2"}, False),
    ],
)
def test_paused(commands: dict[str, str], holds: bool) -> None:
    assert paused(annotated(**commands), AT_STEP_2) is holds


@pytest.mark.parametrize(
    "before",
    [
        {},
        {"pause": "fraud-b/1/1"},
        {"pause": "fraud-b/1/2"},
        {"pause": "fraud-b/1/2", "resume": "fraud-b/1/2"},
        {"pause": "fraud-b/1/2/again", "resume": "fraud-b/1/2"},
        {"pause": "fraud-b/1/2/again", "resume": "fraud-b/1/2/again"},
        {"pause": "fraud-b/1/1", "resume": "fraud-b/1/2"},
    ],
)
def test_who_pauses_and_resumes_as_is_told_is_heard_every_time(before: dict[str, str]) -> None:
    said = dict(before)
    for _ in range(3):
        said["pause"] = to_pause(annotated(**said), "fraud-b/1/2")
        assert paused(annotated(**said), AT_STEP_2)
        said["resume"] = to_resume(annotated(**said), "fraud-b/1/2")
        assert not paused(annotated(**said), AT_STEP_2)


@pytest.mark.parametrize(
    ("text", "acts"),
    [("fraud-b/1/2", True), ("fraud-b/1/1", False), ("fraud-b/1/3", False), ("fraud-b/2/2", False),
     ("fraud-a/1/2", False)],
)  # fmt: skip
def test_promoted(text: str, acts: bool) -> None:
    assert promoted(annotated(promote=text), AT_STEP_2) is acts


@pytest.mark.parametrize("text", ["/0/0", "fraud-a/0/0"])
def test_nothing_acts_while_there_is_no_candidate(text: str) -> None:
    nobody = Memory(stable="fraud-a")
    owner = annotated(pause=text, promote=text)
    assert not paused(owner, nobody)
    assert not promoted(owner, nobody)


def test_an_abort_means_the_attempt_at_whatever_step() -> None:
    assert aborted(annotated(abort="fraud-b/1/1"), "fraud-b", 1)
    assert not aborted(annotated(abort="fraud-b/1/1"), "fraud-b", 2)


def test_a_retry_means_the_attempt_that_ended() -> None:
    ended = Outcome(revision="fraud-b", attempt=1, reason="Aborted")
    assert retried(annotated(retry="fraud-b/1/0"), ended)
    assert not retried(annotated(retry="fraud-b/2/0"), ended)
    assert not retried(annotated(retry="fraud-a/1/0"), ended)
