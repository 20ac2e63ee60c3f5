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
    eased      who lost its share gave a part of it back only, for lack of pods: it gives back what it can
    gone       those that lost their share some seconds ago lose their places and their pods
    released   the previous revision was kept for long enough: its pods may go
"""

from __future__ import annotations

from collections.abc import Callable

from sluiceway.core import commands, taking_back
from sluiceway.core.capacity import bounds, carries, next_weight, share_of
from sluiceway.core.carrying import carrying
from sluiceway.core.clock import kept_for, leaves_in, step_is_over
from sluiceway.core.endings import NOBODY, UNSUSPECTED, serves
from sluiceway.core.holding import held
from sluiceway.core.judging import ruling
from sluiceway.core.memory import Memory
from sluiceway.core.once import once
from sluiceway.core.state import State
from sluiceway.core.steps import passed
from sluiceway.core.verdict import Verdict


@once
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
    if name in (memory.stable, memory.candidate) or state.refusal(name) or memory.rest:
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
    if not state.accepted or not step_is_due(state):
        return None
    weight = next_weight(state, memory)
    if not carries(state, memory.candidate, weight):
        return _on_the_way(state)
    if passed(state.steps, memory.weight) >= len(state.steps):
        return _promoted(state)
    since = None if commands.paused(state.owner, memory) else state.now
    raised = {"step": memory.step + 1, "weight": weight, "shown": True, "since": since, "spent": 0}
    return memory.changed(**raised, excused=_excused(state))


@once
def step_is_due(state: State) -> bool:
    """Tell whether the candidate may have more of the requests, once there are pods for them."""
    memory = state.memory
    if not memory.candidate or not state.fit(memory.candidate) or not step_is_over(state):
        return False
    return commands.promoted(state.owner, memory) or not held(state, memory)


def _on_the_way(state: State) -> Memory | None:
    """Give the candidate what its pods can carry, where they take the places of others one by one.

    It is on the way to its next step: the step that it came from stays over.
    """
    memory = state.memory
    bound = bounds(state, memory)
    if bound is None or (weight := share_of(state, bound, memory.candidate)) <= memory.weight:
        return None
    begun = {} if memory.weight else {"since": state.now, "spent": 0}
    return memory.changed(weight=weight, shown=True, **begun)


def _gone(state: State) -> Memory | None:
    memory = state.memory
    if not memory.leaving or memory.rest or leaves_in(state, memory) > 0 or not state.settled:
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
    taking_back.eased,
    _gone,
    _released,
)


def _promoted(state: State) -> Memory:
    memory, name = state.memory, state.memory.candidate
    taken_over = {"stable": name, "previous": memory.stable, "promoted": state.now}
    fields = NOBODY | taken_over | {"excused": _excused(state)}
    return memory.changed(**fields, outcomes=serves(state, name, memory.attempt))


def _excused(state: State) -> tuple[str, ...]:
    """Return the objectives that both break, of which the candidate is not blamed when it is alone later."""
    found = ruling(state)
    shared = {found.objective} if found and found.verdict is Verdict.SHARED else set()
    return tuple(sorted({*state.memory.excused, *shared}))
