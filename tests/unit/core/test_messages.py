"""What is said of a breach or a hold, in every state: which objective, the numbers, and what to type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from sluiceway.api.reasons import ConditionType

UNIT = Path(__file__).parents[1]
GOLDENS = sorted(path for room in ("core", "runtime") for path in (UNIT / room / "golden").glob("*.txt"))
CONDITION = re.compile(r"^ *(\w+) +(?:True|False|Unknown) +(\w+)\n {4}(.*)$", re.MULTILINE)

OBJECTIVE = re.compile(r'"[a-z]+"')
MEASURED = re.compile(r"\d+ of \d+ (requests|events) ")
BOUND = re.compile(r"\d % allowed|\d+ of \d+ with fraud-[0-9a-f]{5}")
TO_TYPE = re.compile(
    r"kubectl annotate mdep fraud -n models --overwrite sluiceway\.dev/\w+=fraud-\w+/\d+/\d+$"
)

JUDGED = {"ObjectiveBroken", "CauseShared", "StableBroken"}
WAITS_FOR_PEOPLE = {
    "RolledBack",
    "CauseShared",
    "StableBroken",
    "SignalsMissing",
    "Paused",
    "AwaitingPromotion",
}


class Said(NamedTuple):
    """One condition of one state."""

    state: str
    kind: str
    reason: str
    message: str


def said() -> Iterator[Said]:
    for path in GOLDENS:
        for kind, reason, message in CONDITION.findall(path.read_text(encoding="utf-8")):
            yield Said(path.stem, kind, reason, message)


ALL = tuple(said())


def test_every_state_is_read() -> None:
    assert len(ALL) == len(ConditionType) * len(GOLDENS)


def of(*reasons: str, kinds: str = r"\w+") -> list[Said]:
    found = [each for each in ALL if each.reason in reasons and re.fullmatch(kinds, each.kind)]
    assert {each.reason for each in found} == set(reasons)
    return found


@pytest.mark.parametrize("each", of(*JUDGED), ids=lambda each: f"{each.state}: {each.kind}")
def test_a_judgement_names_the_objective_what_was_measured_and_the_bound(each: Said) -> None:
    assert OBJECTIVE.search(each.message)
    assert MEASURED.search(each.message)
    assert BOUND.search(each.message)


@pytest.mark.parametrize(
    "each", of("Insufficient", kinds="Ready|Reconciling"), ids=lambda each: f"{each.state}: {each.kind}"
)
def test_who_waits_for_requests_tells_how_many_there_were_and_how_many_it_takes(each: Said) -> None:
    assert re.search(r"takes \d+ requests and \d+ s .* had \d+ and \d+ s so far", each.message)


@pytest.mark.parametrize(
    "each",
    of(*WAITS_FOR_PEOPLE, "Insufficient", kinds="Ready|Reconciling|Stalled"),
    ids=lambda each: f"{each.state}: {each.kind}",
)
def test_what_can_be_typed_stands_at_the_end(each: Said) -> None:
    assert TO_TYPE.search(each.message)


@pytest.mark.parametrize(
    "each",
    [each for each in ALL if each.kind == "RolledBack" and each.reason != "NotRolledBack"],
    ids=lambda each: each.state,
)
def test_a_refusal_tells_how_to_try_again(each: Said) -> None:
    assert "sluiceway.dev/retry=" in each.message
    assert TO_TYPE.search(each.message)
