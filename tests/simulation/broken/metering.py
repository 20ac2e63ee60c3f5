"""Operators that make too much of metrics, or too little."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

import pytest

from sluiceway.core import asking, cases, holding, judging, taking_back, verdict
from sluiceway.core.case import Case
from sluiceway.core.memory import Memory
from sluiceway.core.meters import Meter, Meters
from sluiceway.core.state import State
from sluiceway.core.vectors import NoAnswer, Vector
from sluiceway.core.verdict import Ruling
from sluiceway.runtime import asker


def metrics_that_are_missing_are_not_waited_for(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(holding, "cases", _guards_alone)


def what_metrics_alone_tell_is_passed_over(patch: pytest.MonkeyPatch) -> None:
    def ruling(state: State) -> Ruling | None:
        now = _guards_alone(state, state.memory)
        known = judging.judgements(state, now)
        return verdict.ruling(known, now) if known else None

    patch.setattr(taking_back, "ruling", ruling)


def no_answer_is_a_bad_one(patch: pytest.MonkeyPatch) -> None:
    ever_more = count(step=100)

    def meters(
        case: Case, namespace: str, name: str, answers: Sequence[Vector | NoAnswer]
    ) -> Meters | NoAnswer:
        found = asking.meters(case, namespace, name, answers)
        if not isinstance(found, NoAnswer):
            return found
        failed = {"": float(next(ever_more))}
        of_each = {case.revision: Meter(failed, failed), case.beside: Meter(failed, {"": 0.0})}
        return {revision: (meter,) * len(case.objectives) for revision, meter in of_each.items()}

    patch.setattr(asker, "meters", meters)


def _guards_alone(state: State, memory: Memory) -> tuple[Case, ...]:
    return tuple(case for case in cases.cases(state, memory) if not case.provider)


BROKEN = (
    metrics_that_are_missing_are_not_waited_for,
    what_metrics_alone_tell_is_passed_over,
    no_answer_is_a_bad_one,
)
