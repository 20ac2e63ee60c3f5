"""The judgement of a revision: one trial per objective, from its first user request to the end of the bake.

A pure fold over samples: `core.looks` makes them of what guards have counted, `core.meters` of what
providers of metrics answer. What is known is kept as text on the revision's record now and then, so that
the next operator goes on from there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from pydantic import ConfigDict, TypeAdapter, ValidationError

from sluiceway.core.case import Case
from sluiceway.core.marks import Mark
from sluiceway.core.objectives import Share
from sluiceway.core.sequential import Sequential
from sluiceway.core.trial import Trial

_DIGITS = 4


@dataclass(frozen=True)
class Judgement:
    """What is known of a revision under judgement."""

    __pydantic_config__ = ConfigDict(ser_json_inf_nan="constants")

    key: str
    trials: tuple[Trial, ...]
    marks: Mapping[str, Mark] = field(default_factory=dict)
    """Up to where each guard has been evaluated, by UID of its pod."""
    counters: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Up to where the counters of a provider have been evaluated, by revision."""
    step: int = 0
    measured: float = 0.0
    """For how many seconds of this step there were measurements."""
    requests: int = 0
    """To the revision in this step."""
    begun_at: datetime | None = None
    """When this operator began to judge."""
    waiting: tuple[int, ...] = ()
    """Requests that the revision leaves unanswered now, by objective, while it answers none at all and the
    one beside keeps up."""
    sampled_at: datetime | None = None
    """When it had measurements last."""

    @classmethod
    def of(cls, case: Case, now: datetime, earlier: Judgement | None = None) -> Self:
        """Return the judgement that goes on from an *earlier* one of this case, or begins."""
        if earlier and earlier.key == case.key and len(earlier.trials) == len(case.objectives):
            return cls(**vars(replace(earlier, sampled_at=None, begun_at=now, waiting=())))
        return cls(case.key, tuple(Trial() for _ in case.objectives), step=case.step, begun_at=now)

    def sampled(
        self,
        mine: Sequence[Share],
        theirs: Sequence[Share | None],
        case: Case,
        now: datetime,
        *,
        longest_gap: float = 2.0,
        pace: float = 1.0,
    ) -> Self:
        """Return the judgement after one sample: what came since the last one, by objective.

        Between two samples that are more than *longest_gap* seconds apart nothing was measured. *pace* is as
        in `Trial.after`.
        """
        each = zip(self.trials, mine, theirs, case.limits, strict=True)
        known = self if self.step == case.step else replace(self, step=case.step, measured=0.0, requests=0)
        gap = (now - self.sampled_at).total_seconds() if self.sampled_at else 0.0
        return replace(
            known,
            trials=tuple(trial.after(my, their, limits, pace) for trial, my, their, limits in each),
            measured=known.measured + (gap if gap <= longest_gap else 0.0),
            requests=known.requests + max((share.requests for share in mine), default=0),
            sampled_at=now,
        )


def written(judgements: Mapping[str, Judgement]) -> str:
    """Return judgements, by their source, as text."""
    short = {source: _short(each) for source, each in judgements.items()}
    return _TEXT.dump_json(short, exclude_defaults=True).decode() if short else ""


def read(text: str) -> Mapping[str, Judgement]:
    """Return the judgements that were written, by source; none when that was not by this operator's rules."""
    try:
        return _TEXT.validate_json(text)
    except ValidationError:
        return {}


def _short(judgement: Judgement) -> Judgement:
    """Return it with as few digits as matter."""
    trials = tuple(map(_short_trial, judgement.trials))
    return replace(judgement, measured=round(judgement.measured, 1), trials=trials)


def _short_trial(trial: Trial) -> Trial:
    return replace(
        trial,
        absolute=_short_sums(trial.absolute),
        relative=_short_sums(trial.relative),
    )


def _short_sums(evidence: Sequential) -> Sequential:
    return replace(evidence, sums=tuple(round(each, _DIGITS) for each in evidence.sums))


_TEXT = TypeAdapter(dict[str, Judgement])
