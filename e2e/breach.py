"""How a revision got requests and lost them again: by its route, by the decision, and by what callers saw."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf
from typing import Self

from e2e.load import Answer
from e2e.rolling import Rolling
from e2e.watching import Heard
from sluiceway.core.memory import Outcome, recall
from sluiceway.core.state import weights_of

_SAID = re.compile(
    r'broke "(?P<objective>[^"]+)": (?P<bad>\d+) (?:of (?P<requests>\d+) |requests were given up or wait )'
)


@dataclass(frozen=True)
class Share:
    """A time in which a revision had requests; moments are in seconds since the epoch."""

    since: float
    until: float
    """When the write was heard that took the last of them."""
    outcome: Outcome | None
    """The decision that came with this very write; None without one."""


@dataclass(frozen=True)
class Said:
    """The numbers with which a decision was explained."""

    objective: str
    bad: int
    requests: int | None
    """None of a revision that answers nobody: the requests that were given up are all that is known."""

    @classmethod
    def of(cls, message: str) -> Self:
        """Read the message of a decision.

        :raises AssertionError: with the message, when it names none.
        """
        found = _SAID.search(message)
        assert found, f"no numbers in: {message}"
        requests = found["requests"]
        return cls(found["objective"], int(found["bad"]), int(requests) if requests else None)


def shares(route: Iterable[Heard], revision: str) -> list[Share]:
    """Return the times in which *revision* had requests and lost them again, oldest first."""
    found, since = [], 0.0
    for heard in route:
        has = bool(weights_of(heard.obj).get(revision))
        if has and not since:
            since = heard.at
        elif since and not has:
            outcomes = recall([heard.obj], "").outcomes
            outcome = next((one for one in outcomes if one.revision == revision), None)
            found.append(Share(since, heard.at, outcome))
            since = 0.0
    return found


def decided(rolling: Rolling, revision: str, message: str) -> Share:
    """Return the share that *revision* lost with the very write that carries the decision told as *message*.

    :raises AssertionError: when there is no such write.
    """

    def look() -> Share | None:
        return next(
            (
                one
                for one in shares(rolling.route.heard, revision)
                if one.outcome and message.startswith(f"{revision} is refused: {one.outcome.message}")
            ),
            None,
        )

    return rolling.eventually(f"weight 0 of {revision} in one write with what is told: {message}", look)


def bad(answers: Iterable[Answer], threshold_seconds: float = inf) -> list[Answer]:
    """Return what failed or took longer, in the order in which callers knew it."""
    found = (one for one in answers if one.failure or one.seconds > threshold_seconds)
    return sorted(found, key=lambda answer: answer.received)
