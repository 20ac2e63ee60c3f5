"""How far the wanted revision is: a sentence for people, None when nothing is to come."""

from __future__ import annotations

from datetime import timedelta

from sluiceway.api.reasons import Reason
from sluiceway.core import commands
from sluiceway.core.budget import Budget
from sluiceway.core.capacity import bounds, live_replicas, need, needed_for, next_weight
from sluiceway.core.clock import remaining, waits_for_person
from sluiceway.core.finding import Finding
from sluiceway.core.holding import held
from sluiceway.core.memory import Memory
from sluiceway.core.offers import command_line
from sluiceway.core.pods import has_started
from sluiceway.core.state import State
from sluiceway.core.steps import ALL, passed
from sluiceway.core.verifying import answered
from sluiceway.core.window import told


def progress(state: State, after: Memory, found: Finding | None) -> Finding | None:
    """Return how far the wanted revision is; *found* is what keeps its pods from being ready.

    Without pods nothing is to come, unless KEDA starts one: a new revision waits for them, since it has to
    answer before it serves.
    """
    wanted, replicas = state.wanted.name, need(state, after)
    if not replicas:
        return _waking(state, found)
    if after.stable == wanted:
        ready = state.ready_pods(wanted)
        if ready >= replicas and not after.rest:
            return None
        message = f"{wanted} serves with {ready} of {replicas} pods ready{still_given(after)}"
        reason = Reason.NOT_ENOUGH_REPLICAS if ready < replicas else Reason.PROGRESSING
        return found or Finding(reason, message)
    if found and (found.needs_help or not after.weight):
        return found
    return _of_candidate(state, after, found)


def _of_candidate(state: State, after: Memory, found: Finding | None) -> Finding:
    if after.rest:
        return Finding(Reason.PROGRESSING, f"{state.wanted.name} waits for its turn{still_given(after)}")
    if not after.weight:
        return _before_the_first_step(state, after)
    step = _at_a_step(state, after)
    return Finding(step.reason, f"{step.message}; {found.message}") if found else step


def still_given(after: Memory) -> str:
    """Return, to add to a sentence, what the revision that lost its share still has of it; "" for nothing."""
    if not after.rest:
        return ""
    return (
        f"; {after.rest} % of the requests still go to {after.giver}, until {after.stable} has pods for them:"
        " rollout.maxSurge leaves places for it only as those of the other end"
    )


def _waking(state: State, found: Finding | None) -> Finding | None:
    """Return how far the first pod is that KEDA has started; None while there is to be none."""
    wanted, asked = state.wanted.name, live_replicas(state, state.wanted.name)
    if state.owner.spec.autoscaling is None or not asked or state.ready_pods(wanted):
        return None
    return found or Finding(Reason.NOT_ENOUGH_REPLICAS, f"{wanted} wakes up: 0 of {asked} pods ready")


def _before_the_first_step(state: State, after: Memory) -> Finding:
    wanted, replicas = state.wanted.name, need(state, after)
    bound = bounds(state, after) if after.stable else None
    # Where pods are bounded the requests follow them: one is enough for a share.
    needed = 1 if bound else needed_for(state, after, next_weight(state, after)) if after.stable else replicas
    ready = state.ready_pods(wanted)
    meanwhile = _meanwhile(state, after, bound)
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
    count += _room(state, needed, bound)
    return Finding(Reason.PENDING, f"the pods of {wanted} are being started: {count}{meanwhile}")


def _meanwhile(state: State, after: Memory, bound: Budget | None) -> str:
    meanwhile = f"; {after.stable} serves meanwhile" if after.stable else ""
    meanwhile += bound.words(after.stable) if bound else ""
    return meanwhile + (f"; {told(state.returning)}" if state.returning else "")


def _room(state: State, needed: int, bound: Budget | None) -> str:
    """Return, to add to a sentence, what the first pods need of GPUs and what is free."""
    if state.room is None or state.observed.pods_of(state.wanted.name):
        return ""
    more = bound.most - bound.whole if bound else needed
    return f"; {state.room.words(more)}" if more else "; no more GPUs than those in use are needed"


def _at_a_step(state: State, after: Memory) -> Finding:
    share = f"gets {after.weight} % of the requests {_where(state, after)}"
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
    needed = needed_for(state, after, next_weight(state, after))
    ready = state.answering(after.candidate)
    waits = (
        f"more wait for its pods, {ready} of {needed} are ready"
        if ready < needed
        else "more wait for the gateway"
    )
    return Finding(Reason.PROGRESSING, f"{after.candidate} {share}; {waits}")


def _where(state: State, after: Memory) -> str:
    at, count = passed(state.steps, after.weight), len(state.steps)
    if at and state.steps[at - 1].weight == after.weight:
        return f"at step {at} of {count}"
    return f"on its way to {next_weight(state, after)} %"


def _all_the_same(state: State, after: Memory) -> str:
    return f"To go on all the same: {command_line(state, after, commands.Command.PROMOTE)}"


def _paused(state: State, after: Memory, share: str) -> Finding:
    to_go_on = command_line(state, after, commands.Command.RESUME)
    return Finding(
        Reason.PAUSED, f"a person paused the rollout: {after.candidate} {share}. To go on: {to_go_on}"
    )
