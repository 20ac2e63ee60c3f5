"""What a person may type next, with the reason: the shortest list that fits the moment."""

from __future__ import annotations

from collections.abc import Iterator

from sluiceway.core import commands
from sluiceway.core.clock import kept_for, waits_for_person
from sluiceway.core.state import State
from sluiceway.kubectl.view import Advice


def advice(state: State) -> Iterator[Advice]:
    """Yield what is worth typing now."""
    memory, wanted = state.memory, state.wanted.name
    if memory.candidate:
        yield from _of_a_rollout(state)
    elif state.refusal(wanted):
        yield _type(state, "retry", f"try {wanted} again, once the cause is mended")
        if memory.stable:
            between = f"{memory.stable} {wanted}"
            yield _type(state, "diff", f"see what {wanted} changed", between)
            yield _type(state, "undo", f"let the spec ask for {memory.stable} again")
    elif memory.previous and memory.stable == wanted and (left := kept_for(state, memory)) > 0:
        yield _type(
            state, "abort", f"all requests back to {memory.previous}, which is warm for {left} s more"
        )
    if _stalled(state) and not state.refusal(wanted):
        yield _type(state, "plan", "what the operator would do now, and why")


def _of_a_rollout(state: State) -> Iterator[Advice]:
    name = state.memory.candidate
    if commands.paused(state.owner, state.memory):
        yield _type(state, "resume", "let the rollout go on")
    elif waits_for_person(state, state.memory):
        yield _type(state, "promote", "end the step, which waits for a person")
    else:
        yield _type(state, "watch", "follow the rollout")
    yield _type(state, "abort", f"take the requests back from {name} and refuse it")


def _type(state: State, command: str, reason: str, *more: str) -> Advice:
    metadata = state.owner.metadata
    words = ("kubectl sluiceway", command, metadata.name, *more, "-n", metadata.namespace)
    return Advice(" ".join(words), reason)


def _stalled(state: State) -> bool:
    return any(each.type == "Stalled" and each.status == "True" for each in state.owner.status.conditions)
