"""What people may ask for now, and which annotation asks for it: pure, by the operator's own rules.

A command names revision, attempt and step, so that it acts once and a stale one does nothing. Nobody types
these: they are found in what is observed, and what would do nothing is refused with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sluiceway.core import commands
from sluiceway.core.capacity import needed_for, next_weight
from sluiceway.core.commands import Command
from sluiceway.core.state import State
from sluiceway.core.steps import passed
from sluiceway.kubectl.problems import Problem


@dataclass(frozen=True)
class Asked:
    """A command that makes sense now."""

    annotation: str
    value: str
    words: str
    """What it will do."""


def ask(state: State, command: Command) -> Asked:
    """Return the annotation that gives *command* now.

    :raises Problem: when it would do nothing, or was given already; says why, and what would help.
    """
    value, words = _RULES[command](state)
    return Asked(command.annotation, value, words)


def offered(state: State, command: Command) -> Asked:
    """Return the annotation that the status offers: for those who may not read what `ask` goes by.

    :raises Problem: when it offers none.
    """
    value = getattr(state.owner.status.commands, str(command), None)
    current = state.owner.status.observed_generation == state.owner.metadata.generation
    if value is None or not current:
        raise Problem(f"the status does not offer to {command} now; {_waits(state)}")
    return Asked(command.annotation, value, f"{value.partition('/')[0]}: as the status offers it")


def _promote(state: State) -> tuple[str, str]:
    memory, name = state.memory, _candidate(state, Command.PROMOTE)
    if commands.promoted(state.owner, memory):
        raise Problem(f"{name} is promoted from this step already; {_waits(state)}")
    weight = next_weight(state, memory)
    last = passed(state.steps, memory.weight) >= len(state.steps)
    share = "takes over with all requests" if last else f"gets {weight} % of the requests"
    needed, ready = needed_for(state, memory, weight), state.answering(name)
    when = "now" if ready >= needed else f"as soon as {needed} of its pods answer ({ready} do)"
    return _named(state), f"{name} {share} {when}, whatever is known of its objectives"


def _abort(state: State) -> tuple[str, str]:
    memory = state.memory
    if memory.candidate:
        name, value, back = memory.candidate, _named(state), memory.stable
        if commands.aborted(state.owner, name, memory.attempt):
            raise Problem(f"{name} is aborted already; {_waits(state)}")
    elif memory.previous and memory.stable == state.wanted.name and (last := state.outcome(memory.stable)):
        name, value, back = memory.stable, f"{memory.stable}/{last.attempt}/0", memory.previous
        if commands.aborted(state.owner, name, last.attempt):
            raise Problem(f"{name} is aborted already; {_waits(state)}")
    else:
        if memory.stable != state.wanted.name:
            _candidate(state, Command.ABORT)
        raise Problem(
            f"{_nothing_tried(state)} and no revision before it is warm, so there is nothing to abort:"
            f" `kubectl sluiceway undo {_where(state)}` asks for the one before"
        )
    return value, (
        f"all requests go to {back}; {name} is refused until its model or runtime changes, or until"
        f" `kubectl sluiceway retry {_where(state)}`"
    )


def _retry(state: State) -> tuple[str, str]:
    name = state.wanted.name
    refused = state.refusal(name)
    if refused is None:
        tried = f"{name} is being tried" if state.memory.candidate == name else _nothing_tried(state)
        raise Problem(f"{tried} and is not refused, so there is nothing to retry")
    attempt = refused.attempt + 1
    return f"{name}/{refused.attempt}/0", f"{name} is tried again from its first step, as attempt {attempt}"


def _pause(state: State) -> tuple[str, str]:
    memory, name = state.memory, _candidate(state, Command.PAUSE)
    if commands.paused(state.owner, memory):
        raise Problem(f"the rollout of {name} is paused already: `kubectl sluiceway resume {_where(state)}`")
    share = f"keeps its {memory.weight} % of the requests" if memory.weight else "gets no requests"
    return commands.to_pause(state.owner, _named(state)), (
        f"{name} {share} and the clock of its step stands still until"
        f" `kubectl sluiceway resume {_where(state)}`; an objective that it breaks takes the requests back"
        " all the same"
    )


def _resume(state: State) -> tuple[str, str]:
    name = _candidate(state, Command.RESUME)
    if not commands.paused(state.owner, state.memory):
        raise Problem(f"the rollout of {name} is not paused; {_waits(state)}")
    return commands.to_resume(state.owner, _named(state)), f"the clock of the step of {name} runs on"


_RULES: Mapping[Command, Callable[[State], tuple[str, str]]] = {
    Command.PROMOTE: _promote,
    Command.ABORT: _abort,
    Command.RETRY: _retry,
    Command.PAUSE: _pause,
    Command.RESUME: _resume,
}


def _candidate(state: State, command: Command) -> str:
    """Return the candidate's name; say why there is none."""
    name, wanted = state.memory.candidate, state.wanted.name
    if name == wanted:
        return name
    if name:
        raise Problem(f"{name} is about to give way to {wanted}, which the spec asks for by now: look again")
    if refused := state.refusal(wanted):
        raise Problem(
            f"there is nothing to {command}: {wanted} is refused: {refused.message}."
            f" `kubectl sluiceway retry {_where(state)}` tries it again"
        )
    if not state.memory.stable:
        raise Problem(
            f"there is nothing to {command}: {wanted} is the first revision and serves all requests as soon"
            f" as its pods answer; {_waits(state)}"
        )
    if wanted != state.memory.stable:
        raise Problem(f"there is nothing to {command} yet: the operator is about to take up {wanted}")
    raise Problem(f"there is nothing to {command}: {_nothing_tried(state)}")


def _named(state: State) -> str:
    memory = state.memory
    return f"{memory.candidate}/{memory.attempt}/{memory.step}"


def _where(state: State) -> str:
    return f"{state.owner.metadata.name} -n {state.owner.metadata.namespace}"


def _nothing_tried(state: State) -> str:
    return f"{state.memory.stable or state.wanted.name} serves what the spec asks for"


def _waits(state: State) -> str:
    ready = next((each for each in state.owner.status.conditions if each.type == "Ready"), None)
    return f"the status says: {ready.message}" if ready else "the operator has not looked at it yet"
