"""What the evidence says: Pass, Breach or Insufficient, each with the numbers behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sluiceway.api.objectives import Objective, ObjectiveType
from sluiceway.core.case import GATEWAY, GUARD, Case
from sluiceway.core.judgement import Judgement
from sluiceway.core.objectives import Share, patience
from sluiceway.core.trial import Trial

_CONFIDENCE = 0.95
_ENOUGH_WAITING = 4
"""So many requests that nobody answers are no long one that somebody happens to wait for."""


class Verdict(StrEnum):
    """What is known of the objectives of a revision."""

    PASS = "Pass"  # noqa: S105 - enough requests, and no objective is broken
    BREACH = "Breach"  # an objective is broken, and it is this revision's doing
    SHARED = "Shared"  # an objective is broken, and not by this revision more than by the one beside it
    INSUFFICIENT = "Insufficient"  # too few requests to tell


@dataclass(frozen=True)
class Ruling:
    """A verdict, the objective that it speaks of, and the numbers in words."""

    verdict: Verdict
    objective: str = ""
    words: str = ""


_FIRST = (Verdict.BREACH, Verdict.SHARED, Verdict.INSUFFICIENT, Verdict.PASS)


def ruling(judgements: Mapping[str, Judgement], cases: Sequence[Case]) -> Ruling:
    """Return what all the evidence says, of judgements by source: a breach in any is a breach."""
    found = [rule(judgements[case.source], case) for case in cases if case.source in judgements]
    if not found:
        return Ruling(Verdict.INSUFFICIENT)
    first = min(found, key=lambda each: _FIRST.index(each.verdict))
    if first.objective:
        return first
    told = [each for each in found if each.words]
    return replace(first, words="; ".join(each.words for each in told))


def rule(judgement: Judgement, case: Case) -> Ruling:
    """Return what the evidence of one source says; a breach is told before what is shared."""
    if found := hung(judgement, case):
        return found
    shared = None
    for objective, trial, limits in zip(case.objectives, judgement.trials, case.limits, strict=True):
        if blame(objective, trial, case) >= limits.enough:
            return Ruling(Verdict.BREACH, objective.name, numbers(objective, trial, case))
        if trial.is_bad(limits) and case.compared:
            shared = shared or Ruling(Verdict.SHARED, objective.name, numbers(objective, trial, case))
    if shared:
        return shared
    enough = judgement.requests >= case.min_requests
    return Ruling(Verdict.PASS if enough else Verdict.INSUFFICIENT, words=overall(judgement, case))


def blame(objective: Objective, trial: Trial, case: Case) -> float:
    """Return the evidence that an objective is broken and that this revision is to blame.

    Both has to be shown while there is somebody to compare with, and of what both broke before.
    """
    if objective.type is ObjectiveType.CALLER_ERROR:
        return trial.relative.evidence
    if case.compared or objective.name in case.excused:
        return min(trial.absolute.evidence, trial.relative.evidence)
    # What is shown in both ways is shown in this one.
    return trial.absolute.evidence


def hung(judgement: Judgement, case: Case) -> Ruling | None:
    """Return that the revision answers nobody, when so many requests say so: see `core.hangs`."""
    for objective, waiting in zip(
        case.objectives, judgement.waiting or (0,) * len(case.objectives), strict=True
    ):
        if waiting >= _ENOUGH_WAITING:
            words = f"{waiting} requests were given up or wait for more than {patience(objective):g} s"
            words = f"{words}, and none is answered"
            return Ruling(Verdict.BREACH, objective.name, words)
    return None


def numbers(objective: Objective, trial: Trial, case: Case) -> str:
    """Return the counts of one objective in words."""
    what = f"{_of(trial.lately)} {_deed(objective)}{where(case) if case.source == GATEWAY else ''}"
    allowed = "" if objective.type is ObjectiveType.CALLER_ERROR else f"{_percent(objective.allowed)} allowed"
    others = f"{_of(trial.others_lately)} with {case.beside}" if trial.others_lately.requests else ""
    compared = "; ".join(filter(None, (allowed, others)))
    return f"{what} ({compared})" if compared else what


def is_urgent(judgements: Mapping[str, Judgement], cases: Sequence[Case]) -> bool:
    """Tell whether guards are worth another look at once: bad requests were seen, and one sample may suffice.

    Where several have to show them, their distance is what a hiccup is told from a failure by.
    """
    suspected = (
        trial.absolute.evidence > 0 or trial.relative.evidence > 0
        for case in cases
        if case.source == GUARD and case.samples == 1 and case.source in judgements
        for trial in judgements[case.source].trials
    )
    return any(suspected)


def overall(judgement: Judgement, case: Case) -> str:
    """Return how many requests there were and what so many would have shown."""
    seen = max((trial.seen.requests for trial in judgement.trials), default=0)
    bad = ", ".join(
        f'{trial.seen.bad} bad for "{objective.name}"'
        for objective, trial in zip(case.objectives, judgement.trials, strict=True)
        if trial.seen.bad
    )
    if not seen:
        return f"no {counted(case)} yet{where(case)}"
    told = f"{seen} {counted(case)}{where(case)}, {bad or 'none of them bad'}"
    return f"{told}; a share of {_percent(noticeable(seen))} bad ones would have been noticed"


def noticeable(requests: int) -> float:
    """Return the share of bad requests of which so many show at least one, with a probability of 95 %."""
    return float(1 - (1 - _CONFIDENCE) ** (1 / requests))


def counted(case: Case) -> str:
    """Return what the source of a case counts."""
    return "requests" if case.source in (GUARD, GATEWAY) else "events"


def where(case: Case) -> str:
    """Return where that is counted, in words that follow it; nothing for the guards."""
    if case.source == GUARD:
        return ""
    return " at the gateway" if case.source == GATEWAY else f' for "{case.objectives[0].name}"'


def _deed(objective: Objective) -> str:
    if objective.type is ObjectiveType.CUSTOM:
        return "events were bad"
    if objective.type is ObjectiveType.LATENCY:
        return f"requests took longer than {objective.threshold_milliseconds} ms"
    if objective.type is ObjectiveType.CALLER_ERROR:
        return "requests were refused as the caller's mistake"
    return "requests failed"


def _of(share: Share) -> str:
    return f"{share.bad} of {share.requests}"


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
