"""The life of a revision: who serves, who is being tried with which share of the requests, and what is next.

One transition at a time. Each rule below looks at what was observed and returns the memory after the
transition, or None when it has nothing to say; the first that speaks is followed. The transition is
written together with where callers are led; the next look finds it done and decides what comes then.

    first      nobody serves yet: the first revision that answers does
    returned   a person aborts the revision that took over: the previous one, still warm, serves again
    undone     it breaks an objective while it is baked: the same, in one write
    shared     the one that serves again breaks the objective as well: nobody was to blame
    watched    it does not: what is on record stands
    aborted    a person aborts the candidate: it loses its share and is refused
    broke      the candidate breaks an objective: it loses its share and is refused
    superseded the spec asks for another revision, or for the stable one again: the candidate loses its share
    lost       no pod of the candidate answers any more: its share goes back until it does
    began      the spec asks for a revision that does not serve and is not refused: it is a candidate
    clock      a pause stops the clock of the step, its end lets it run again
    shown      the candidate answers: it gets its place in the route, and who asks by header reaches it
    stepped    the step is over and the pods for more are there: a larger share, and after the last all of it
    gone       those that lost their share some seconds ago lose their places and their pods
    released   the previous revision was kept for long enough: its pods may go
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sluiceway.api.reasons import Reason
from sluiceway.core import commands
from sluiceway.core.capacity import next_weight
from sluiceway.core.clock import kept_for, leaves_in, step_is_over, watches_for
from sluiceway.core.judging import case, gives_up, held, ruling
from sluiceway.core.memory import Memory, Outcome
from sluiceway.core.state import State
from sluiceway.core.steps import ALL, passed
from sluiceway.core.verdict import Ruling, Verdict

_NOBODY: dict[str, Any] = {
    "candidate": "",
    "attempt": 0,
    "step": 0,
    "weight": 0,
    "shown": False,
    "since": None,
    "spent": 0,
    "excused": (),
}
_UNSUSPECTED = {"suspect": "", "objective": "", "returned": None}


def advance(state: State) -> Memory:
    """Return the memory after the next transition, the memory as it is when there is none."""
    return next((after for after in (rule(state) for rule in RULES) if after is not None), state.memory)


def _first(state: State) -> Memory | None:
    if state.memory.stable:
        return None
    name = state.wanted.name
    if not state.verified(name) or not state.answering(name) or state.refusal(name):
        return state.memory
    return state.memory.changed(stable=name, outcomes=_serves(state, name, state.next_attempt(name)))


def _returned(state: State) -> Memory | None:
    memory, serves = state.memory, state.outcome(state.memory.stable)
    if not memory.previous or serves is None or not state.answering(memory.previous):
        return None
    if not commands.aborted(state.owner, memory.stable, serves.attempt):
        return None
    message = f"a person aborted it after it had taken over; {memory.previous} serves again"
    refused = _outcome(state, memory.stable, serves.attempt, Reason.ABORTED, message)
    left = {"leaving": (*memory.leaving, memory.stable), "left": state.now}
    fields = _NOBODY | {"stable": memory.previous, "previous": "", "promoted": None} | left
    return memory.changed(**fields, outcomes=_outcomes(state, refused))


def _undone(state: State) -> Memory | None:
    memory, serves, now = state.memory, state.outcome(state.memory.stable), case(state, state.memory)
    if now is None or now.revision != memory.stable or now.after_return_of or serves is None:
        return None
    found = ruling(state)
    if not found or found.verdict is not Verdict.BREACH or not state.answering(memory.previous):
        return None
    message = f"{_broken(found)} after it had taken over; {memory.previous} serves again"
    refused = _outcome(state, memory.stable, serves.attempt, Reason.OBJECTIVE_BROKEN, message)
    suspected = {"suspect": memory.stable, "objective": found.objective, "returned": state.now}
    left = {"leaving": (*memory.leaving, memory.stable), "left": state.now}
    fields = _NOBODY | {"stable": memory.previous, "previous": "", "promoted": None} | left | suspected
    return memory.changed(**fields, outcomes=_outcomes(state, refused))


def _shared(state: State) -> Memory | None:
    memory, found = state.memory, ruling(state)
    broken = memory.suspect and state.outcome(memory.suspect)
    if not broken or not found or found.verdict is not Verdict.BREACH or found.objective != memory.objective:
        return None
    message = f"{memory.stable} {_broken(found)} as well: {memory.suspect} was not the cause"
    told = _outcome(state, memory.suspect, broken.attempt, Reason.CAUSE_SHARED, message)
    return memory.changed(**_UNSUSPECTED, outcomes=_outcomes(state, told))


def _watched(state: State) -> Memory | None:
    if not state.memory.suspect or watches_for(state, state.memory) > 0:
        return None
    return state.memory.changed(**_UNSUSPECTED)


def _broke(state: State) -> Memory | None:
    memory, now = state.memory, case(state, state.memory)
    if not memory.candidate or now is None or now.revision != memory.candidate:
        return None
    found = ruling(state)
    if found and found.verdict is Verdict.BREACH:
        message = f"{_broken(found)} at {memory.weight} % of the requests; {memory.stable} serves on"
        return _ended(state, Reason.OBJECTIVE_BROKEN, message)
    if gave_up := gives_up(state):
        return _ended(state, gave_up.reason, f"{gave_up.message}; {memory.stable} serves on")
    return None


def _aborted(state: State) -> Memory | None:
    memory = state.memory
    if not memory.candidate or not commands.aborted(state.owner, memory.candidate, memory.attempt):
        return None
    at = f"at {memory.weight} % of the requests" if memory.weight else "before its first request"
    return _ended(state, Reason.ABORTED, f"a person aborted it {at}; {memory.stable} serves on")


def _superseded(state: State) -> Memory | None:
    memory, wanted = state.memory, state.wanted.name
    if not memory.candidate:
        return None
    if state.refusal(memory.candidate):
        # What refused it stands on its record already.
        return _without_candidate(state)
    if memory.candidate == wanted:
        return None
    return _ended(state, Reason.SUPERSEDED, f"the spec asks for {wanted}")


def _lost(state: State) -> Memory | None:
    memory = state.memory
    if not memory.weight or state.answering(memory.candidate) or not state.owner.spec.replicas:
        return None
    # The count of the steps goes on: what was said of one before is not said of the next.
    return memory.changed(weight=0, since=None, spent=0)


def _began(state: State) -> Memory | None:
    memory, name = state.memory, state.wanted.name
    if name in (memory.stable, memory.candidate) or state.refusal(name):
        return None
    # One that is warm keeps the place that it has.
    placed = name in (memory.previous, *memory.leaving) and name in state.routed
    begun = {"candidate": name, "attempt": state.next_attempt(name), "shown": placed}
    warm = {"previous": "", "promoted": None} if memory.previous == name else {}
    leaving = tuple(other for other in memory.leaving if other != name)
    return memory.changed(**_NOBODY | _UNSUSPECTED | begun | warm, leaving=leaving)


def _clock(state: State) -> Memory | None:
    memory, now = state.memory, state.now
    paused = commands.paused(state.owner, memory)
    if not memory.weight or paused == (memory.since is None):
        return None
    return memory.changed(since=None if paused else now, spent=memory.elapsed(now))


def _shown(state: State) -> Memory | None:
    memory = state.memory
    if not memory.candidate or memory.shown or not state.weighted or not _fit(state):
        return None
    return memory.changed(shown=True)


def _stepped(state: State) -> Memory | None:
    memory = state.memory
    if not memory.candidate or not state.accepted or not _fit(state) or not step_is_over(state):
        return None
    if not commands.promoted(state.owner, memory) and held(state, memory):
        return None
    if passed(state.steps, memory.weight) >= len(state.steps):
        return _promoted(state)
    weight = next_weight(state, memory)
    if not state.carries(memory.candidate, weight):
        return None
    since = None if commands.paused(state.owner, memory) else state.now
    raised = {"step": memory.step + 1, "weight": weight, "shown": True, "since": since, "spent": 0}
    return memory.changed(**raised, excused=_excused(state))


def _gone(state: State) -> Memory | None:
    memory = state.memory
    if not memory.leaving or leaves_in(state, memory) > 0 or not state.settled:
        return None
    return memory.changed(leaving=(), left=None)


def _released(state: State) -> Memory | None:
    memory = state.memory
    if not memory.previous or kept_for(state, memory) > 0 or not state.settled:
        return None
    return memory.changed(previous="", promoted=None)


RULES: tuple[Callable[[State], Memory | None], ...] = (
    _first,
    _returned,
    _undone,
    _shared,
    _watched,
    _aborted,
    _broke,
    _superseded,
    _lost,
    _began,
    _clock,
    _shown,
    _stepped,
    _gone,
    _released,
)


def _fit(state: State) -> bool:
    name = state.memory.candidate
    return state.verified(name) and not state.signature_trouble and state.answering(name) > 0


def _promoted(state: State) -> Memory | None:
    memory, name = state.memory, state.memory.candidate
    if not state.carries(name, ALL):
        return None
    taken_over = {"stable": name, "previous": memory.stable, "promoted": state.now}
    fields = _NOBODY | taken_over | {"excused": _excused(state)}
    return memory.changed(**fields, outcomes=_serves(state, name, memory.attempt))


def _broken(found: Ruling) -> str:
    return f'broke "{found.objective}": {found.words}'


def _excused(state: State) -> tuple[str, ...]:
    """Return the objectives that both break, of which the candidate is not blamed when it is alone later."""
    found = ruling(state)
    shared = {found.objective} if found and found.verdict is Verdict.SHARED else set()
    return tuple(sorted({*state.memory.excused, *shared}))


def _ended(state: State, reason: Reason, message: str) -> Memory:
    memory = state.memory
    outcome = _outcome(state, memory.candidate, memory.attempt, reason, message)
    return _without_candidate(state, outcome)


def _without_candidate(state: State, *outcome: Outcome) -> Memory:
    """Give the candidate's share back, unless that would lead callers from pods that answer to none."""
    memory = state.memory
    if memory.weight and state.answering(memory.candidate) and not state.answering(memory.stable):
        return memory
    return memory.changed(**_NOBODY | _leaving(state), outcomes=_outcomes(state, *outcome))


def _leaving(state: State) -> dict[str, Any]:
    """Return what is remembered of a candidate that had its place in the route and loses it."""
    memory = state.memory
    return {"leaving": (*memory.leaving, memory.candidate), "left": state.now} if memory.shown else {}


def _serves(state: State, name: str, attempt: int) -> tuple[Outcome, ...]:
    return _outcomes(state, _outcome(state, name, attempt, Reason.SERVING))


def _outcome(state: State, revision: str, attempt: int, reason: Reason, message: str = "") -> Outcome:
    return Outcome(revision=revision, attempt=attempt, reason=reason, message=message, at=state.now)


def _outcomes(state: State, *news: Outcome) -> tuple[Outcome, ...]:
    """Return what must be remembered until it is on record: one outcome per revision, the last one."""
    pending = {
        outcome.revision: outcome for outcome in state.memory.outcomes if not state.is_on_record(outcome)
    }
    return tuple((pending | {outcome.revision: outcome for outcome in news}).values())
