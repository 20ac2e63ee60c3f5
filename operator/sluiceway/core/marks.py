"""Up to where a guard's counts have been evaluated, and what came since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated

from pydantic import Field

from sluiceway.api.objectives import Objective, ObjectiveType
from sluiceway.core.objectives import Share, share
from sluiceway.core.tally import Tally

HUNG_SECONDS = 3.0
"""A guard with requests in flight, and not one answered for so long: nobody there answers."""


@dataclass(frozen=True)
class Mark:
    """What one guard had counted at the last sample, by objective."""

    shares: tuple[Share, ...] = ()
    abandoned: int = 0
    """Requests that callers gave up since the last answer. Cancelling is the caller's choice, unless nobody
    gets an answer."""
    given_up: int = 0
    """All that callers gave up until the last sample."""
    lost: int = 0
    """Of these, how many since the last answer, while there were requests."""
    answered: int = 0
    # Seconds on the clock of this operator's process.
    read_at: Annotated[float, Field(exclude=True)] = 0.0
    answered_at: Annotated[float, Field(exclude=True)] = 0.0


@dataclass(frozen=True)
class Marked:
    """What came since the last sample, by objective, and the marks to go on from."""

    shares: tuple[Share, ...]
    marks: Mapping[str, Mark] = field(default_factory=dict)


def marked(
    earlier: Mapping[str, Mark], tallies: Mapping[str, Tally], objectives: Sequence[Objective]
) -> Marked:
    """Evaluate the guards of one revision.

    One that is seen for the first time, or again after a silence, is only marked: when the requests came
    that it has counted nobody knows.
    """
    sums = (Share(),) * len(objectives)
    marks = {}
    for uid, tally in tallies.items():
        known = earlier.get(uid)
        if tally.standing.answers is False or (known is None and tally.reading is None):
            continue
        mark = _mark(tally, objectives)
        if known:
            mark, hung = _waited(known, mark, tally)
            news = (now.since(then) for now, then in zip(mark.shares, known.shares, strict=True))
            sums = tuple(
                total + new + (hung if one.type is not ObjectiveType.CALLER_ERROR else Share())
                for total, new, one in zip(sums, news, objectives, strict=True)
            )
        marks[uid] = mark
    return Marked(sums, marks)


def _mark(tally: Tally, objectives: Sequence[Objective]) -> Mark:
    counts = tally.counts
    return Mark(
        shares=tuple(share(objective, tally) for objective in objectives),
        given_up=counts.abandoned[0],
        answered=sum(map(sum, (counts.http, counts.http_stream, counts.grpc, counts.grpc_stream))),
        read_at=tally.read_at,
        answered_at=tally.read_at,
    )


def _waited(known: Mark, now: Mark, tally: Tally) -> tuple[Mark, Share]:
    """Return the mark, and the requests that were given up while nobody got an answer."""
    news = now.given_up - known.given_up
    if now.answered != known.answered or not (tally.in_flight or news):
        return now, Share()
    abandoned = known.abandoned + news
    waits = replace(now, answered_at=known.answered_at or now.read_at, lost=known.lost + news)
    if not tally.in_flight:
        return waits, Share()
    if waits.read_at - waits.answered_at < HUNG_SECONDS:
        return replace(waits, abandoned=abandoned), Share()
    return replace(waits, abandoned=0), Share(abandoned, abandoned)
