"""The judgement of a revision: one trial per objective, from its first user request to the end of the bake.

A pure fold: `Judgement.after` takes the state of the guards after each round of looks. What it knows is
kept as text on the revision's record now and then, so that the next operator goes on from there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from pydantic import ConfigDict, TypeAdapter, ValidationError

from sluiceway.core.case import Case
from sluiceway.core.evidence import Evidence
from sluiceway.core.hangs import keeps_up, unanswered
from sluiceway.core.marks import Mark, Marked, marked
from sluiceway.core.sequential import Sequential
from sluiceway.core.tally import Tally
from sluiceway.core.trial import Trial

_LONGEST_GAP_SECONDS = 2.0
"""Between two samples that are further apart nothing was measured: nobody looked."""
_DIGITS = 4


@dataclass(frozen=True)
class Judgement:
    """What is known of a revision under judgement."""

    __pydantic_config__ = ConfigDict(ser_json_inf_nan="constants")

    key: str
    trials: tuple[Trial, ...]
    marks: Mapping[str, Mark] = field(default_factory=dict)
    """Up to where each guard has been evaluated, by UID of its pod."""
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
    def of(cls, case: Case, kept: str, now: datetime) -> Self:
        """Return the judgement that goes on from what was *kept* of this case, or begins."""
        begun = cls(case.key, tuple(Trial() for _ in case.objectives), step=case.step, begun_at=now)
        try:
            earlier = _TEXT.validate_json(kept)
        except ValidationError:
            return begun
        fits = earlier.key == case.key and len(earlier.trials) == len(case.objectives)
        return cls(**vars(replace(earlier, sampled_at=None, begun_at=now, waiting=()))) if fits else begun

    def written(self) -> str:
        """Return it as text."""
        return _TEXT.dump_json(_short(self), exclude_defaults=True).decode()

    def after(self, evidence: Mapping[str, Evidence], case: Case, now: datetime) -> Self:
        """Return the judgement after a round of looks; it waits for a guard that was silent just now."""
        wanted = (case.revision, case.beside) if case.compared else (case.revision,)
        looks = [_awaited(evidence.get(name, Evidence())) for name in wanted]
        if not all(_complete(each, self.marks) for each in looks) or not _in_order(looks):
            return self
        found = {name: marked(self.marks, evidence[name].tallies, case.objectives) for name in wanted}
        mine = found[case.revision].shares
        theirs = found[case.beside].shares if case.compared else (None,) * len(mine)
        each = zip(self.trials, mine, theirs, case.limits, strict=True)
        known = self if self.step == case.step else replace(self, step=case.step, measured=0.0, requests=0)
        gap = (now - self.sampled_at).total_seconds() if self.sampled_at else 0.0
        return replace(
            known,
            trials=tuple(trial.after(my, their, limits) for trial, my, their, limits in each),
            marks={uid: mark for of_one in found.values() for uid, mark in of_one.marks.items()},
            measured=known.measured + (gap if gap <= _LONGEST_GAP_SECONDS else 0.0),
            requests=known.requests + max((share.requests for share in mine), default=0),
            waiting=self._waiting(evidence, found, case),
            sampled_at=now,
        )

    def _waiting(
        self, evidence: Mapping[str, Evidence], found: Mapping[str, Marked], case: Case
    ) -> tuple[int, ...]:
        """Return who waits in vain, while the one beside shows that requests can be answered, or has none."""
        if case.compared:
            beside = found[case.beside].marks
            if not keeps_up(self.marks, beside, evidence[case.beside].tallies):
                return ()
        mine, tallies = found[case.revision].marks, evidence[case.revision].tallies
        return unanswered(self.marks, mine, tallies, case.objectives, case.samples)


def _awaited(evidence: Evidence) -> Mapping[str, Tally]:
    """Return the guards that are to answer before there is a sample: all but those silent, or new."""
    return {
        uid: tally
        for uid, tally in evidence.tallies.items()
        if tally.reading and tally.standing.answers is not False
    }


def _complete(awaited: Mapping[str, Tally], marks: Mapping[str, Mark]) -> bool:
    """Tell whether every one of them has answered since the last sample."""
    return bool(awaited) and all(
        uid not in marks or tally.read_at > marks[uid].read_at for uid, tally in awaited.items()
    )


def _in_order(looks: Sequence[Mapping[str, Tally]]) -> bool:
    """Tell whether everybody beside was read after the one on trial: the comparison builds on that."""
    first = max(tally.read_at for tally in looks[0].values())
    return all(tally.read_at >= first for look in looks[1:] for tally in look.values())


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


_TEXT = TypeAdapter(Judgement)
