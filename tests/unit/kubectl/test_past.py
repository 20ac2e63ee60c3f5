"""`history` and `diff`: what is on record of revisions, and which one a person means."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sluiceway.core.commands import Command
from sluiceway.core.revision import Revision
from sluiceway.core.state import State
from sluiceway.kubectl.diffing import coloured, difference
from sluiceway.kubectl.finding import find
from sluiceway.kubectl.past import history_table, past
from sluiceway.kubectl.problems import Problem
from tests.conftest import Golden
from tests.fakes.world import World
from tests.unit.kubectl.drawn import as_text
from tests.unit.kubectl.stories import STEPS, at_the_gate, give, snapshot

GOLDEN = Path(__file__).parent / "golden"


def third_after_an_abort() -> World:
    world = at_the_gate()
    give(world, Command.ABORT)
    world.apply(replicas=2, runtime={"image": "triton:third"}, rollout=STEPS)
    world.settle()
    return world


def test_what_became_of_every_revision(golden: Golden) -> None:
    found = past(snapshot(third_after_an_abort()))
    golden(GOLDEN / "history.txt", as_text(history_table(found)))
    assert [(each.number, each.outcome) for each in found.entries] == [
        (3, "Pending"),
        (2, "Aborted"),
        (1, "Serving"),
    ]


def test_of_what_the_status_does_not_list_the_record_tells_the_same() -> None:
    seen = snapshot(third_after_an_abort())
    listed = past(seen).entries
    status = seen.observed.resource.status.model_copy(update={"history": ()})
    resource = seen.observed.resource.model_copy(update={"status": status})
    assert past(replace(seen, observed=replace(seen.observed, resource=resource))).entries == listed


def test_a_diff_shows_what_was_changed_and_nothing_else() -> None:
    first, second, _ = State(snapshot(third_after_an_abort()).observed).recorded
    assert difference(first, first) == ""
    lines = difference(first, second).splitlines()
    assert lines[0] == f"--- {first.name} (revision 1)"
    assert lines[1] == f"+++ {second.name} (revision 2)"
    assert [line for line in lines[2:] if line.startswith(("+", "-"))] == [
        "-  image: nvcr.io/nvidia/tritonserver:26.07-py3",
        "+  image: triton:next",
    ]
    assert as_text(coloured("\n".join(lines))).splitlines() == lines


def revision(number: int, digest: str) -> Revision:
    return Revision(f"fraud-{digest[:5]}", number, {"digest": digest, "content": {}})


RECORDED = [revision(1, "12345" + "a" * 59), revision(2, "1234f" + "b" * 59), revision(12345, "c" * 64)]
MEANT = {
    "2": 2,
    "fraud-12345": 1,
    "12345": 1,
    "1234f": 2,
    "1234fb": 2,
    "12345a": 1,
    "ccccc": 12345,
    "c" * 64: 12345,
}


@pytest.mark.parametrize(("text", "number"), MEANT.items())
def test_a_revision_is_found_by_number_name_or_hash(text: str, number: int) -> None:
    assert find(RECORDED, text).number == number


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1234", "1234 may be fraud-12345 or fraud-1234f: give more of it"),
        (
            "3",
            "there is no revision 3 on record; there are 1 (fraud-12345), 2 (fraud-1234f), 12345 (",
        ),
        ("ccc", "there is no revision ccc on record"),
    ],
)
def test_who_can_not_be_meant_is_told_with_those_that_can(text: str, words: str) -> None:
    with pytest.raises(Problem) as raised:
        find(RECORDED, text)
    assert words in str(raised.value)
