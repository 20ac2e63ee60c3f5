"""Rules by which requests are taken back from a revision; `core.life` tells in which order they speak."""

from __future__ import annotations

from sluiceway.api.reasons import Reason
from sluiceway.core import commands
from sluiceway.core.cases import case
from sluiceway.core.clock import watches_for
from sluiceway.core.endings import (
    UNSUSPECTED,
    back_to_previous,
    ended,
    outcome,
    outcomes,
    rest_of,
    without_candidate,
)
from sluiceway.core.finding import Finding
from sluiceway.core.holding import gives_up
from sluiceway.core.judging import ruling
from sluiceway.core.memory import Memory
from sluiceway.core.pods import trouble
from sluiceway.core.state import State
from sluiceway.core.verdict import Ruling, Verdict


def returned(state: State) -> Memory | None:
    """A person aborts the revision that took over."""
    memory, last = state.memory, state.outcome(state.memory.stable)
    if last is None or not commands.aborted(state.owner, memory.stable, last.attempt):
        return None
    return back_to_previous(state, Reason.ABORTED, "a person aborted it after it had taken over")


def undone(state: State) -> Memory | None:
    """The revision that took over breaks an objective while it is baked."""
    memory, now, found = state.memory, case(state, state.memory), ruling(state)
    if now is None or now.revision != memory.stable or now.after_return_of:
        return None
    if not found or found.verdict is not Verdict.BREACH:
        return None
    suspected = {"suspect": memory.stable, "objective": found.objective, "returned": state.now}
    message = f"{_broken(found)} after it had taken over"
    return back_to_previous(state, Reason.OBJECTIVE_BROKEN, message, **suspected)


def shared(state: State) -> Memory | None:
    """The one that serves again breaks the objective as well."""
    memory, found = state.memory, ruling(state)
    broken = memory.suspect and state.outcome(memory.suspect)
    if not broken or not found or found.verdict is not Verdict.BREACH or found.objective != memory.objective:
        return None
    message = f"{memory.stable} {_broken(found)} as well: {memory.suspect} was not the cause"
    told = outcome(state, memory.suspect, broken.attempt, Reason.CAUSE_SHARED, message)
    # The attempt ended when the requests went back; only what is said of it is another.
    told = told.model_copy(update={"at": broken.at})
    return memory.changed(**UNSUSPECTED, outcomes=outcomes(state, told))


def watched(state: State) -> Memory | None:
    """The one that serves again was watched for long enough."""
    if not state.memory.suspect or watches_for(state, state.memory) > 0:
        return None
    return state.memory.changed(**UNSUSPECTED)


def aborted(state: State) -> Memory | None:
    """A person aborts the candidate."""
    memory = state.memory
    if not memory.candidate or not commands.aborted(state.owner, memory.candidate, memory.attempt):
        return None
    at = f"at {memory.weight} % of the requests" if memory.weight else "before its first request"
    return ended(state, Reason.ABORTED, f"a person aborted it {at}; {memory.stable} serves on")


def broke(state: State) -> Memory | None:
    """The candidate breaks an objective, or the user does not want to wait for evidence any longer."""
    memory, now = state.memory, case(state, state.memory)
    if not memory.candidate or now is None or now.revision != memory.candidate:
        return None
    found = ruling(state)
    if found and found.verdict is Verdict.BREACH:
        message = f"{_broken(found)} at {memory.weight} % of the requests; {memory.stable} serves on"
        return ended(state, Reason.OBJECTIVE_BROKEN, message)
    if gave_up := gives_up(state):
        return ended(state, gave_up.reason, f"{gave_up.message}; {memory.stable} serves on")
    return None


def superseded(state: State) -> Memory | None:
    """The spec asks for another revision, or the candidate was refused meanwhile."""
    memory, wanted = state.memory, state.wanted.name
    if not memory.candidate:
        return None
    if state.refusal(memory.candidate):
        # What refused it stands on its record already.
        return without_candidate(state)
    if memory.candidate == wanted:
        return None
    asked = f"the spec asks for {wanted}"
    if unfit := _unfit(state):
        return ended(state, unfit.reason, f"{unfit.message}; {asked}")
    return ended(state, Reason.SUPERSEDED, asked)


def lost(state: State) -> Memory | None:
    """No pod of the candidate answers."""
    memory = state.memory
    if not memory.weight or state.answering(memory.candidate) or not state.owner.spec.replicas:
        return None
    # The count of the steps goes on: what was said of one before is not said of the next.
    return memory.changed(weight=0, since=None, spent=0)


def eased(state: State) -> Memory | None:
    """Who lost its share gave a part of it back only, for lack of pods: it gives back what it can."""
    memory = state.memory
    # Who does not answer any more keeps nothing, whatever the gateway makes of the shares of now.
    if not memory.rest or not (state.accepted or not state.answering(memory.giver)):
        return None
    rest = rest_of(state, memory.giver, memory.stable)
    return memory.changed(rest=rest, left=state.now) if rest < memory.rest else None


def _unfit(state: State) -> Finding | None:
    """Return what kept the candidate from its first request through a fault of its own."""
    name = state.memory.candidate
    found = trouble(state.deployment(name), state.observed.pods_of(name))
    failed = found if found and found.reason is Reason.LOAD_FAILED else None
    return failed or state.signature_trouble_of(name)


def _broken(found: Ruling) -> str:
    return f'broke "{found.objective}": {found.words}'
