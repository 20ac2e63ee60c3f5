"""Operators that give and take shares of the requests wrongly, or too early."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sluiceway.api.reasons import Reason
from sluiceway.api.resource import ModelDeployment
from sluiceway.core import capacity, clock, commands, endings, life, replicas, state, taking_back
from sluiceway.core.memory import Memory, Outcome
from sluiceway.core.state import State
from sluiceway.core.steps import ALL

Rule = Callable[[State], Memory | None]


def a_share_before_the_pods_for_it(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(life, "carries", lambda *_: True)


def a_share_for_pods_that_gateways_do_not_know(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(State, "answering", State.ready_pods)


def a_share_without_golden_answers(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(State, "verified", lambda _state, name: bool(name))


def a_share_before_the_gateway_took_up_the_last(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(State, "accepted", True)


def a_share_before_the_step_is_over(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(clock, "remaining", lambda *_: 0)


def steps_are_skipped(patch: pytest.MonkeyPatch) -> None:
    for module in (life, replicas):
        patch.setattr(module, "next_weight", lambda *_: ALL)


def everybody_comes_back_without_steps(patch: pytest.MonkeyPatch) -> None:
    def within(_outcomes: object, _revisions: int, name: str) -> Outcome:
        return Outcome(revision=name, attempt=1, reason=Reason.SERVED)

    patch.setattr(state, "within", within)


def gates_stand_open(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(clock, "waits_for_person", lambda *_: False)


def pauses_are_passed_over(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(commands, "paused", lambda *_: False)


def the_clock_runs_on_in_a_pause(patch: pytest.MonkeyPatch) -> None:
    replace_rule(patch, life._clock, lambda _state: None)


def a_promotion_acts_at_every_step(patch: pytest.MonkeyPatch) -> None:
    def promoted(owner: ModelDeployment, memory: Memory) -> bool:
        given = commands.given(owner, commands.Command.PROMOTE)
        return given is not None and given.revision == memory.candidate

    patch.setattr(commands, "promoted", promoted)


def an_abort_acts_on_every_attempt(patch: pytest.MonkeyPatch) -> None:
    def aborted(owner: ModelDeployment, revision: str, _attempt: int) -> bool:
        given = commands.given(owner, commands.Command.ABORT)
        return given is not None and given.revision == revision

    patch.setattr(commands, "aborted", aborted)


def a_candidate_that_does_not_answer_keeps_its_share(patch: pytest.MonkeyPatch) -> None:
    replace_rule(patch, taking_back.lost, lambda _state: None)


def a_share_goes_back_only_to_all_pods(patch: pytest.MonkeyPatch) -> None:
    def lost(state: State) -> Memory | None:
        return taking_back.lost(state) if capacity.carries(state, state.memory.stable, ALL) else None

    replace_rule(patch, taking_back.lost, lost)


def a_candidate_that_nobody_asks_for_keeps_its_share(patch: pytest.MonkeyPatch) -> None:
    replace_rule(patch, taking_back.superseded, lambda _state: None)


def a_share_goes_back_to_pods_that_do_not_answer(patch: pytest.MonkeyPatch) -> None:
    def without_candidate(state: State, *outcome: Outcome) -> Memory:
        return state.memory.changed(
            **endings.NOBODY, **endings.leaving(state), outcomes=endings.outcomes(state, *outcome)
        )

    for module in (endings, taking_back):
        patch.setattr(module, "without_candidate", without_candidate)


def the_first_serves_before_it_answers(patch: pytest.MonkeyPatch) -> None:
    def first(state: State) -> Memory | None:
        return None if state.memory.stable else state.memory.changed(stable=state.wanted.name)

    replace_rule(patch, life._first, first)


def callers_may_ask_for_pods_that_do_not_answer(patch: pytest.MonkeyPatch) -> None:
    def shown(state: State) -> Memory | None:
        memory = state.memory
        return memory.changed(shown=True) if memory.candidate and not memory.shown else None

    replace_rule(patch, life._shown, shown)


def replace_rule(patch: pytest.MonkeyPatch, rule: Rule, broken: Rule) -> None:
    patch.setattr(life, "RULES", tuple(broken if each is rule else each for each in life.RULES))


BROKEN = (
    a_share_before_the_pods_for_it,
    a_share_for_pods_that_gateways_do_not_know,
    a_share_without_golden_answers,
    a_share_before_the_gateway_took_up_the_last,
    a_share_before_the_step_is_over,
    steps_are_skipped,
    everybody_comes_back_without_steps,
    gates_stand_open,
    pauses_are_passed_over,
    the_clock_runs_on_in_a_pause,
    a_promotion_acts_at_every_step,
    an_abort_acts_on_every_attempt,
    a_candidate_that_does_not_answer_keeps_its_share,
    a_share_goes_back_only_to_all_pods,
    a_candidate_that_nobody_asks_for_keeps_its_share,
    a_share_goes_back_to_pods_that_do_not_answer,
    the_first_serves_before_it_answers,
    callers_may_ask_for_pods_that_do_not_answer,
)
