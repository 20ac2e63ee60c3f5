"""How far the wanted revision is: a sentence for people, None when nothing is to come."""

from __future__ import annotations

from datetime import timedelta

from sluiceway.api.reasons import Reason
from sluiceway.core import commands
from sluiceway.core.capacity import need, next_weight, replicas_of
from sluiceway.core.clock import remaining, waits_for_person
from sluiceway.core.finding import Finding
from sluiceway.core.holding import held
from sluiceway.core.memory import Memory
from sluiceway.core.offers import command_line
from sluiceway.core.pods import has_started
from sluiceway.core.state import State
from sluiceway.core.steps import ALL, passed, pods_for
from sluiceway.core.verifying import answered
from sluiceway.core.window import told


def progress(state: State, after: Memory, found: Finding | None) -> Finding | None:
    """Return how far the wanted revision is; *found* is what keeps its pods from being ready.

    Without pods nothing is to come: a new revision waits for them, since it has to answer before it serves.
    """
    wanted, replicas = state.wanted.name, need(state, after)
    if not replicas:
        return None
    if after.stable == wanted:
        ready = state.ready_pods(wanted)
        if ready >= replicas:
            return None
        message = f"{wanted} serves with {ready} of {replicas} pods ready"
        return found or Finding(Reason.NOT_ENOUGH_REPLICAS, message)
    if found and (found.needs_help or not after.weight):
        return found
    if not after.weight:
        return _before_the_first_step(state, after)
    step = _at_a_step(state, after)
    return Finding(step.reason, f"{step.message}; {found.message}") if found else step


def _before_the_first_step(state: State, after: Memory) -> Finding:
    wanted, replicas = state.wanted.name, need(state, after)
    needed = pods_for(next_weight(state, after), replicas) if after.stable else replicas
    ready = state.ready_pods(wanted)
    meanwhile = f"; {after.stable} serves meanwhile" if after.stable else ""
    meanwhile += f"; {told(state.returning)}" if state.returning else ""
    if commands.paused(state.owner, after):
        return _paused(state, after, "gets no requests yet")
    count = f"{ready} of {needed} pods ready"
    if ready and not state.verified(wanted):
        missing = answered(state, after).missing
        message = missing.message if missing else "it is asked for its signature and its golden inputs"
        return Finding(Reason.VERIFYING, f"{wanted} is being verified: {message}{meanwhile}")
    if ready >= needed and after.stable and (found := held(state, after)):
        message = f"{wanted} gets no requests yet: {found.message}{meanwhile}"
        return Finding(found.reason, f"{message}. {_all_the_same(state, after)}")
    if ready >= needed:
        return Finding(Reason.PROGRESSING, f"{wanted} is about to get requests: {count}{meanwhile}")
    if any(has_started(pod) for pod in state.observed.pods_of(wanted)):
        return Finding(Reason.LOADING, f"{wanted} loads its model: {count}{meanwhile}")
    if (room := state.room) and not state.observed.pods_of(wanted):
        count = f"{count}; {room.words(replicas_of(state, after, wanted))}"
    return Finding(Reason.PENDING, f"the pods of {wanted} are being started: {count}{meanwhile}")


def _at_a_step(state: State, after: Memory) -> Finding:
    at = passed(state.steps, after.weight)
    share = f"gets {after.weight} % of the requests at step {at} of {len(state.steps)}"
    if commands.paused(state.owner, after):
        return _paused(state, after, share)
    if waits_for_person(state, after):
        to_go_on = command_line(state, after, commands.Command.PROMOTE)
        return Finding(
            Reason.AWAITING_PROMOTION, f"{after.candidate} {share} until somebody promotes it: {to_go_on}"
        )
    left = remaining(state, after)
    if left > 0:
        rest = f"; {after.stable} gets the rest" if after.weight < ALL else ""
        until = state.now + timedelta(seconds=left)
        return Finding(
            Reason.PROGRESSING,
            f"{after.candidate} {share} until {until:%Y-%m-%dT%H:%M:%SZ}{rest}",
        )
    if found := held(state, after):
        message = f"{after.candidate} {share}; {found.message}"
        return Finding(found.reason, f"{message}. {_all_the_same(state, after)}")
    needed = pods_for(next_weight(state, after), need(state, after))
    ready = state.answering(after.candidate)
    waits = (
        f"more wait for its pods, {ready} of {needed} are ready"
        if ready < needed
        else "more wait for the gateway"
    )
    return Finding(Reason.PROGRESSING, f"{after.candidate} {share}; {waits}")


def _all_the_same(state: State, after: Memory) -> str:
    return f"To go on all the same: {command_line(state, after, commands.Command.PROMOTE)}"


def _paused(state: State, after: Memory, share: str) -> Finding:
    to_go_on = command_line(state, after, commands.Command.RESUME)
    return Finding(
        Reason.PAUSED, f"a person paused the rollout: {after.candidate} {share}. To go on: {to_go_on}"
    )
