"""How a revision lost its requests: as the route tells it, and as callers do."""

from __future__ import annotations

import pytest

from e2e.breach import Said, Share, bad, shares
from e2e.load import Answer
from e2e.show_rollback import timeline
from e2e.watching import Heard
from sluiceway.api import names
from sluiceway.api.reasons import Reason
from sluiceway.core.memory import Memory, Outcome

BROKEN = Outcome(revision="new", attempt=1, reason=Reason.OBJECTIVE_BROKEN, message="it broke")


def heard(at: float, memory: Memory | None = None, **weights: int) -> Heard:
    backends = [{"name": name, "weight": weight} for name, weight in weights.items()]
    annotations = {names.ANNOTATION_ROLLOUT: memory.model_dump_json()} if memory else {}
    return Heard(
        at, {"metadata": {"annotations": annotations}, "spec": {"rules": [{"backendRefs": backends}]}}
    )


def answer(sent: float, failure: str = "", seconds: float = 0.01) -> Answer:
    return Answer(sent, seconds, "http", "" if failure else "old", failure)


def test_a_share_ends_with_the_write_that_takes_it_and_has_the_decision_of_that_write() -> None:
    decided = Memory(stable="old", outcomes=(BROKEN.model_copy(update={"revision": "older"}), BROKEN))
    route = [heard(1, old=100), heard(2, old=95, new=5), heard(3, old=75, new=25), heard(4, decided, old=100)]
    route += [heard(5, decided, old=100), heard(6, old=95, new=5), heard(7, old=100, new=0)]
    assert shares(route, "new") == [Share(2, 4, BROKEN), Share(6, 7, None)]


def test_a_share_that_is_not_over_is_none_yet() -> None:
    assert shares([heard(1, old=100), heard(2, old=95, new=5)], "new") == []


def test_numbers_are_read_from_the_message() -> None:
    message = 'fraud-2: broke "fast": 9 of 41 requests took longer than 250 ms (1 % may) at 25 %'
    assert Said.of(message) == Said("fast", 9, 41)
    with pytest.raises(AssertionError, match="no numbers in: a person aborted it"):
        Said.of("a person aborted it")


def test_bad_answers_come_in_the_order_in_which_callers_had_them() -> None:
    late, soon, slow = answer(1, "timeout", seconds=9), answer(2, "500"), answer(3, seconds=0.5)
    given = [late, soon, slow, answer(4)]
    assert bad(given) == [soon, late]
    assert bad(given, 0.25) == [soon, slow, late]


def test_the_timeline_tells_what_happened_in_its_order() -> None:
    given = [answer(10), answer(13, "500"), answer(14.99), answer(15, "500"), answer(16)]
    assert list(timeline(given, Share(12, 15.5, BROKEN), 10, "new")) == [
        "    0.0 s  new is asked for",
        "    2.0 s  it gets its first share of the requests",
        "    3.0 s  the first bad answer",
        "    5.0 s  the last bad answer",
        "    5.5 s  the decision and weight 0, in one write",
        "callers saw 2 bad answers of 5",
    ]


def test_a_rollback_that_no_caller_can_explain_is_a_failure() -> None:
    with pytest.raises(AssertionError, match="no caller had a bad answer"):
        list(timeline([answer(10)], Share(12, 14.9, BROKEN), 10, "new"))
