"""What is known of each objective on its own, whatever is known of the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sluiceway.api.objectives import Objective
from sluiceway.core.case import Case
from sluiceway.core.judgement import Judgement
from sluiceway.core.objectives import Share
from sluiceway.core.verdict import Verdict, blame, hung, numbers


@dataclass(frozen=True)
class Account:
    """What is known of one objective."""

    objective: Objective
    verdict: Verdict
    seen: Share
    allowed: float | None
    """Share of requests that may be bad; None where only the comparison counts."""
    evidence: float
    """That it is broken and this revision is to blame, as a natural logarithm."""
    needed: float
    """From so much evidence on it is."""
    words: str


def accounts(judgement: Judgement, case: Case) -> Iterator[Account]:
    """Yield what the evidence of one source says of each objective."""
    enough = judgement.requests >= case.min_requests
    unanswered = hung(judgement, case)
    for objective, trial, limits in zip(case.objectives, judgement.trials, case.limits, strict=True):
        evidence, words = blame(objective, trial, case), numbers(objective, trial, case)
        verdict = Verdict.PASS if enough else Verdict.INSUFFICIENT
        if unanswered and unanswered.objective == objective.name:
            verdict, words = unanswered.verdict, unanswered.words
        elif evidence >= limits.enough:
            verdict = Verdict.BREACH
        elif trial.is_bad(limits) and case.compared:
            verdict = Verdict.SHARED
        yield Account(objective, verdict, trial.seen, limits.allowed, evidence, limits.enough, words)
