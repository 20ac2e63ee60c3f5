"""Revisions that answer nobody.

Counts alone may never say so: callers who wait for an answer send no other requests, neither to the one that
hangs nor to the one that it is compared with.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sluiceway.api.objectives import Objective, ObjectiveType
from sluiceway.core.marks import HUNG_SECONDS, Mark
from sluiceway.core.objectives import patience
from sluiceway.core.tally import Tally

SAMPLE_SECONDS = 0.5


def unanswered(
    earlier: Mapping[str, Mark],
    marks: Mapping[str, Mark],
    tallies: Mapping[str, Tally],
    objectives: Sequence[Objective],
    samples: int,
) -> tuple[int, ...]:
    """Return how many requests are overdue, or were given up since the last answer, by objective.

    Nothing for a revision that has answered anybody within *samples* samples, and within `HUNG_SECONDS`.
    """
    busy = {
        uid: mark for uid, mark in marks.items() if uid in tallies and not _idle(earlier, mark, tallies, uid)
    }
    silence = min((_silence(earlier, uid, mark) for uid, mark in busy.items()), default=0.0)
    if silence < max(HUNG_SECONDS, samples * SAMPLE_SECONDS):
        return ()
    lost = sum(mark.lost for mark in busy.values())
    return tuple(
        0
        if one.type is ObjectiveType.CALLER_ERROR
        else lost + sum(tallies[uid].older_than(patience(one)) for uid in busy)
        for one in objectives
    )


def keeps_up(earlier: Mapping[str, Mark], marks: Mapping[str, Mark], tallies: Mapping[str, Tally]) -> bool:
    """Tell whether every pod has answered since the last sample, or has nothing to answer."""
    return all(
        _idle(earlier, mark, tallies, uid) or not _silence(earlier, uid, mark)
        for uid, mark in marks.items()
        if uid in tallies
    )


def _idle(earlier: Mapping[str, Mark], mark: Mark, tallies: Mapping[str, Tally], uid: str) -> bool:
    known = earlier.get(uid)
    if known is None or tallies[uid].in_flight:
        return False
    return (mark.answered, mark.given_up) == (known.answered, known.given_up)


def _silence(earlier: Mapping[str, Mark], uid: str, mark: Mark) -> float:
    """Return for how many seconds a pod with requests has answered none; 0 of one that is not known yet."""
    if uid not in earlier or mark.answered != earlier[uid].answered:
        return 0.0
    return mark.read_at - mark.answered_at
