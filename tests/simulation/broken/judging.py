"""Operators that judge wrongly."""

from __future__ import annotations

import pytest

from sluiceway.api.reasons import REFUSING, Reason
from sluiceway.core import judging, state, taking_back, verdict
from sluiceway.core.case import Case
from sluiceway.core.judgement import Judgement
from sluiceway.core.state import State
from sluiceway.core.verdict import Ruling, Verdict


def the_healthy_are_blamed(patch: pytest.MonkeyPatch) -> None:
    def rule(judgement: Judgement, _case: Case) -> Ruling:
        return Ruling(Verdict.BREACH if judgement.requests else Verdict.INSUFFICIENT, "answers")

    patch.setattr(verdict, "rule", rule)


def who_broke_an_objective_is_tried_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(state, "REFUSING", REFUSING - {Reason.OBJECTIVE_BROKEN})


def a_share_is_taken_back_from_who_has_too_few_requests(patch: pytest.MonkeyPatch) -> None:
    def ruling(given: State) -> Ruling | None:
        found = judging.ruling(given)
        few = found is not None and found.verdict is Verdict.INSUFFICIENT
        return Ruling(Verdict.BREACH, "answers") if few else found

    patch.setattr(taking_back, "ruling", ruling)


BROKEN = (
    the_healthy_are_blamed,
    who_broke_an_objective_is_tried_again,
    a_share_is_taken_back_from_who_has_too_few_requests,
)
