"""Which commands make sense now, and what to write to give them.

Whoever gives commands (a person, Argo CD, a script) has to name revision, attempt and step. The status
tells, so that nobody has to work it out, or to read what the operator keeps for itself.
"""

from __future__ import annotations

from sluiceway.core import commands
from sluiceway.core.commands import Command, paused, to_pause, to_resume
from sluiceway.core.holding import held
from sluiceway.core.memory import Memory
from sluiceway.core.state import State


def offers(state: State, after: Memory) -> dict[Command, str]:
    """Return the commands that would do something now, each with the value of its annotation.

    The candidate can be paused, resumed and aborted, and promoted once it could get more requests. Without
    one, a revision that is refused can be tried again, and the one that took over be aborted while the
    previous one is warm.
    """
    if after.candidate:
        return _of_candidate(state, after)
    wanted = state.wanted.name
    if refused := state.refusal(wanted, after):
        return {Command.RETRY: f"{refused.revision}/{refused.attempt}/0"}
    served = state.outcome(after.stable, after)
    if after.previous and after.stable == wanted and served:
        return {Command.ABORT: f"{after.stable}/{served.attempt}/0"}
    return {}


def _of_candidate(state: State, after: Memory) -> dict[Command, str]:
    owner, named = state.owner, f"{after.candidate}/{after.attempt}/{after.step}"
    stands = paused(owner, after)
    found = {Command.RESUME: to_resume(owner, named)} if stands else {Command.PAUSE: to_pause(owner, named)}
    fit = after.candidate == state.wanted.name and state.fit(after.candidate)
    if fit and (stands or after.weight or held(state, after)):
        found[Command.PROMOTE] = named
    return {**found, Command.ABORT: named}


def command_line(state: State, after: Memory, command: Command) -> str:
    """Return what to type to give a command to the revision it is about now."""
    candidate = f"{after.candidate}/{after.attempt}/{after.step}"
    return commands.command_line(state.owner, command, offers(state, after).get(command, candidate))
