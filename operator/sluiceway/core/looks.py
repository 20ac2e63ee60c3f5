"""From looks at guards to one sample of a judgement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sluiceway.core.case import Case
from sluiceway.core.evidence import Evidence
from sluiceway.core.hangs import keeps_up, unanswered
from sluiceway.core.judgement import Judgement
from sluiceway.core.marks import Marked, marked
from sluiceway.core.tally import Tally


def looked(judgement: Judgement, evidence: Mapping[str, Evidence], case: Case, now: datetime) -> Judgement:
    """Return the judgement after a round of looks; it waits for a guard that was silent just now."""
    looks = [_awaited(evidence.get(name, Evidence())) for name in case.measured]
    if not all(_complete(judgement, each) for each in looks) or not _in_order(looks):
        return judgement
    found = {name: marked(judgement.marks, evidence[name].tallies, case.objectives) for name in case.measured}
    mine = found[case.revision].shares
    theirs = found[case.beside].shares if case.compared else (None,) * len(mine)
    return replace(
        judgement.sampled(mine, theirs, case, now, pace=_pace(judgement, found, case)),
        marks={uid: mark for of_one in found.values() for uid, mark in of_one.marks.items()},
        waiting=_waiting(judgement, evidence, found, case),
    )


def _pace(judgement: Judgement, found: Mapping[str, Marked], case: Case) -> float:
    """Return the shortest time between two looks at the one on trial, as a share of the longest beside it.

    Guards that nobody looks at any more, of pods that have gone, have no such time.
    """
    mine, theirs = (
        [
            mark.read_at - judgement.marks[uid].read_at
            for uid, mark in found[name].marks.items()
            if uid in judgement.marks and 0 < judgement.marks[uid].read_at < mark.read_at
        ]
        if name in found
        else []
        for name in (case.revision, case.beside)
    )
    longest = max(theirs, default=0.0)
    return min(1.0, min(mine) / longest) if mine and longest > 0 else 1.0


def _waiting(
    judgement: Judgement, evidence: Mapping[str, Evidence], found: Mapping[str, Marked], case: Case
) -> tuple[int, ...]:
    """Return who waits in vain, while the one beside shows that requests can be answered, or has none."""
    if case.compared:
        beside = found[case.beside].marks
        if not keeps_up(judgement.marks, beside, evidence[case.beside].tallies):
            return ()
    mine, tallies = found[case.revision].marks, evidence[case.revision].tallies
    return unanswered(judgement.marks, mine, tallies, case.objectives, case.samples)


def _awaited(evidence: Evidence) -> Mapping[str, Tally]:
    """Return the guards that are to answer before there is a sample: all but those silent, or new."""
    return {
        uid: tally
        for uid, tally in evidence.tallies.items()
        if tally.reading and tally.standing.answers is not False
    }


def _complete(judgement: Judgement, awaited: Mapping[str, Tally]) -> bool:
    """Tell whether every one of them has answered since the last sample."""
    marks = judgement.marks
    return bool(awaited) and all(
        uid not in marks or tally.read_at > marks[uid].read_at for uid, tally in awaited.items()
    )


def _in_order(looks: Sequence[Mapping[str, Tally]]) -> bool:
    """Tell whether everybody beside was read after the one on trial: the comparison builds on that."""
    first = max(tally.read_at for tally in looks[0].values())
    return all(tally.read_at >= first for look in looks[1:] for tally in look.values())
