"""How attempts end: what is remembered of it, and who has which requests afterwards."""

from __future__ import annotations

from typing import Any

from sluiceway.api.reasons import REFUSING, Reason
from sluiceway.core.capacity import bounds, share_of
from sluiceway.core.memory import Memory, Outcome
from sluiceway.core.routing import led_to
from sluiceway.core.state import State
from sluiceway.core.steps import ALL

NOBODY: dict[str, Any] = {
    "candidate": "",
    "attempt": 0,
    "step": 0,
    "weight": 0,
    "shown": False,
    "since": None,
    "spent": 0,
    "excused": (),
}
"""A memory without a candidate."""
UNSUSPECTED = {"suspect": "", "objective": "", "returned": None}
"""A memory without a revision that is suspected of what may have had another cause."""


def ended(state: State, reason: Reason, message: str) -> Memory:
    """Return the memory after the candidate's attempt ended so."""
    memory = state.memory
    return without_candidate(state, outcome(state, memory.candidate, memory.attempt, reason, message))


def without_candidate(state: State, *news: Outcome) -> Memory:
    """Give the candidate's share back, unless that would lead callers from pods that answer to none."""
    memory = state.memory
    if memory.weight and state.answering(memory.candidate) and not state.answering(memory.stable):
        return memory
    return memory.changed(**NOBODY | leaving(state), outcomes=outcomes(state, *news))


def leaving(state: State) -> dict[str, Any]:
    """Return what is remembered of a candidate that had its place in the route and loses it."""
    memory = state.memory
    if not memory.shown:
        return {}
    rest = min(memory.weight, rest_of(state, memory.candidate, memory.stable))
    return {"leaving": (*memory.leaving, memory.candidate), "left": state.now, "rest": rest}


def rest_of(state: State, giver: str, taker: str) -> int:
    """Return the share that *giver* keeps for now, since the pods of *taker* can not carry more.

    Pods to which the route does not lead yet carry nothing: a data plane that learns of a share and of its
    backend at once may follow the share first, and Envoy then answers 500.
    """
    bound = bounds(state, state.memory)
    if bound is None or not state.answering(giver):
        return 0
    return ALL - (share_of(state, bound, taker) if taker in led_to(state) else 0)


def serves(state: State, name: str, attempt: int) -> tuple[Outcome, ...]:
    """Return what must be remembered once *name* serves, and who did so until now does not."""
    before = state.memory.stable
    last = state.outcome(before)
    news = [begun(state, name, attempt)]
    # A refusal is never taken back, whoever serves.
    if before and not (last and last.reason in REFUSING):
        attempts = max(1, state.attempts(before))
        news.append(outcome(state, before, attempts, Reason.SERVED, f"{name} took over"))
    return outcomes(state, *news)


def begun(state: State, name: str, attempt: int) -> Outcome:
    """Return that a revision serves from now on."""
    now = state.now
    return Outcome(revision=name, attempt=attempt, reason=Reason.SERVING, at=now, served_from=now)


def outcome(state: State, revision: str, attempt: int, reason: Reason, message: str = "") -> Outcome:
    """Return how an attempt ended just now; when the revision served is known after later attempts too."""
    last, served = state.outcome(revision), revision == state.memory.stable
    return Outcome(
        revision=revision,
        attempt=attempt,
        reason=reason,
        message=message,
        at=state.now,
        served_from=last.served_from if last else None,
        served_until=state.now if served else last.served_until if last else None,
        doubted=bool(last and (last.doubted or last.reason in REFUSING)),
    )


def outcomes(state: State, *news: Outcome) -> tuple[Outcome, ...]:
    """Return what must be remembered until it is on record: one outcome per revision, the last one."""
    pending = {
        outcome.revision: outcome for outcome in state.memory.outcomes if not state.is_on_record(outcome)
    }
    return tuple((pending | {outcome.revision: outcome for outcome in news}).values())


def back_to_previous(state: State, reason: Reason, message: str, **more: Any) -> Memory | None:
    """Return the memory after the revision before serves again; None while it can not.

    It has all requests at once then, or those that its pods can carry.
    """
    memory, last = state.memory, state.outcome(state.memory.stable)
    if not memory.previous or last is None:
        return None
    if not state.answering(memory.previous) and bounds(state, memory) is None:
        return None
    refused = outcome(
        state, memory.stable, last.attempt, reason, f"{message}; {memory.previous} serves again"
    )
    again = begun(state, memory.previous, max(1, state.attempts(memory.previous)))
    rest = rest_of(state, memory.stable, memory.previous)
    left = {"leaving": (*memory.leaving, memory.stable), "left": state.now, "rest": rest}
    fields = NOBODY | {"stable": memory.previous, "previous": "", "promoted": None} | left | more
    return memory.changed(**fields, outcomes=outcomes(state, refused, again))
