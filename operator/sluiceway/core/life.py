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

from sluiceway.core import commands, taking_back
from sluiceway.core.capacity import carries, next_weight
from sluiceway.core.carrying import carrying
from sluiceway.core.clock import kept_for, leaves_in, step_is_over
from sluiceway.core.endings import NOBODY, UNSUSPECTED, serves
from sluiceway.core.holding import held
from sluiceway.core.judging import ruling
from sluiceway.core.memory import Memory
from sluiceway.core.state import State
from sluiceway.core.steps import ALL, passed
from sluiceway.core.verdict import Verdict


def advance(state: State) -> Memory:
    """Return the memory after the next transition, the memory as it is when there is none."""
    after = next((after for after in (rule(state) for rule in RULES) if after is not None), state.memory)
    return carrying(state, after)


def _first(state: State) -> Memory | None:
    if state.memory.stable:
        return None
    name = state.wanted.name
    if not state.verified(name) or not state.answering(name) or state.refusal(name):
        return state.memory
    return state.memory.changed(stable=name, outcomes=serves(state, name, state.next_attempt(name)))


def _began(state: State) -> Memory | None:
    memory, name = state.memory, state.wanted.name
    if name in (memory.stable, memory.candidate) or state.refusal(name):
        return None
    # One that is warm keeps the place that it has.
    placed = name in (memory.previous, *memory.leaving) and name in state.routed
    begun = {"candidate": name, "attempt": state.next_attempt(name), "shown": placed}
    warm = {"previous": "", "promoted": None} if memory.previous == name else {}
    leaving = tuple(other for other in memory.leaving if other != name)
    return memory.changed(**NOBODY | UNSUSPECTED | begun | warm, leaving=leaving)


def _clock(state: State) -> Memory | None:
    memory, now = state.memory, state.now
    paused = commands.paused(state.owner, memory)
    if not memory.weight or paused == (memory.since is None):
        return None
    return memory.changed(since=None if paused else now, spent=memory.elapsed(now))


def _shown(state: State) -> Memory | None:
    memory = state.memory
    if not memory.candidate or memory.shown or not state.weighted or not state.fit(memory.candidate):
        return None
    return memory.changed(shown=True)


def _stepped(state: State) -> Memory | None:
    memory = state.memory
    if not memory.candidate or not state.accepted or not state.fit(memory.candidate):
        return None
    if not step_is_over(state):
        return None
    if not commands.promoted(state.owner, memory) and held(state, memory):
        return None
    if passed(state.steps, memory.weight) >= len(state.steps):
        return _promoted(state)
    weight = next_weight(state, memory)
    if not carries(state, memory.candidate, weight):
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
    taking_back.returned,
    taking_back.undone,
    taking_back.shared,
    taking_back.watched,
    taking_back.aborted,
    taking_back.broke,
    taking_back.superseded,
    taking_back.lost,
    _began,
    _clock,
    _shown,
    _stepped,
    _gone,
    _released,
)


def _promoted(state: State) -> Memory | None:
    memory, name = state.memory, state.memory.candidate
    if not carries(state, name, ALL):
        return None
    taken_over = {"stable": name, "previous": memory.stable, "promoted": state.now}
    fields = NOBODY | taken_over | {"excused": _excused(state)}
    return memory.changed(**fields, outcomes=serves(state, name, memory.attempt))


def _excused(state: State) -> tuple[str, ...]:
    """Return the objectives that both break, of which the candidate is not blamed when it is alone later."""
    found = ruling(state)
    shared = {found.objective} if found and found.verdict is Verdict.SHARED else set()
    return tuple(sorted({*state.memory.excused, *shared}))
