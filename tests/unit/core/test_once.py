"""What is found once for each look, and not once for all."""

from __future__ import annotations

from sluiceway.core.once import once
from sluiceway.core.state import State
from tests.fakes.snapshots import serving


def test_a_rule_looks_at_each_state_once() -> None:
    asked: list[State] = []

    @once
    def rule(state: State) -> int | None:
        asked.append(state)
        return None if len(asked) == 1 else len(asked)

    first, second = State(serving()), State(serving())
    assert [rule(first), rule(first), rule(second), rule(second), rule(first)] == [None, None, 2, 2, None]
    assert len(asked) == 2


def test_rules_do_not_take_each_others_answers() -> None:
    state = State(serving())

    @once
    def one(_state: State) -> str:
        return "one"

    @once
    def another(_state: State) -> str:
        return "another"

    assert (one(state), another(state)) == ("one", "another")
