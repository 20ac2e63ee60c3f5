"""How long a step lasts and how long a revision is kept, and what they wait for."""

from __future__ import annotations

from datetime import datetime, timedelta

from sluiceway.api.rollout import Step
from sluiceway.core import commands
from sluiceway.core.memory import Memory
from sluiceway.core.pods import ready_since
from sluiceway.core.state import State
from sluiceway.core.steps import CALM_SECONDS, LEAVING_SECONDS, bake_seconds, keep_previous_seconds, step_at

_MEASURED_SECONDS = 15
"""How often an autoscaler measures (`--horizontal-pod-autoscaler-sync-period`)."""
_OLD_SHARES_SECONDS = 45
"""For how long it may still tell of shares, and of pods, that are no more: what it goes by is a scrape or two
late."""


def step_is_over(state: State) -> bool:
    """Tell whether the candidate has been long enough at its step, or a person says so."""
    memory = state.memory
    if commands.promoted(state.owner, memory):
        return True
    if commands.paused(state.owner, memory):
        return False
    return not waits_for_person(state, memory) and remaining(state, memory) <= 0


def waits_for_person(state: State, memory: Memory) -> bool:
    """Tell whether the step has a gate."""
    step = _step(state, memory)
    return step is not None and step.gate


def remaining(state: State, memory: Memory) -> int:
    """Return how many seconds the step still lasts; before the first step there is no time to wait."""
    step = _step(state, memory)
    return step.seconds - memory.elapsed(state.now) if step else 0


def kept_for(state: State, memory: Memory) -> int:
    """Return for how many seconds the previous revision is still kept."""
    wanted = keep_previous_seconds(state.owner.spec.rollout)
    return (max(wanted, LEAVING_SECONDS) if state.weighted else wanted) - _since(state, memory.promoted)


def bakes_for(state: State, memory: Memory) -> int:
    """Return for how many seconds the revision that took over is still judged."""
    return bake_seconds(state.owner.spec.rollout) - _since(state, memory.promoted)


def bake_ends(state: State, memory: Memory) -> datetime | None:
    """Return until when the revision that took over is judged, None without one."""
    lasts = timedelta(seconds=bake_seconds(state.owner.spec.rollout))
    return memory.promoted + lasts if memory.promoted else None


def watches_for(state: State, memory: Memory) -> int:
    """Return for how many seconds the revision that serves again is watched for what the other one broke."""
    return bake_seconds(state.owner.spec.rollout) - _since(state, memory.returned)


def leaves_in(state: State, memory: Memory) -> int:
    """Return for how many seconds those that lost their share keep their places."""
    return LEAVING_SECONDS - _since(state, memory.left)


def calms_in(state: State, memory: Memory) -> int:
    """Return for how many seconds the pods that carried everything are still kept after a rollout."""
    return CALM_SECONDS - _since(state, memory.calm)


def _since(state: State, time: datetime | None) -> int:
    return int((state.now - time).total_seconds()) if time else 0


def step_ends(state: State, memory: Memory) -> int | None:
    """Return in how many seconds the step ends by itself, None when that is not what it waits for."""
    runs = (
        memory.candidate and not commands.paused(state.owner, memory) and not waits_for_person(state, memory)
    )
    left = remaining(state, memory) if runs else 0
    return left if left > 0 else None


def previous_goes(state: State, memory: Memory) -> int | None:
    """Return in how many seconds the previous revision is not kept any longer, None without one."""
    return max(kept_for(state, memory), 1) if memory.previous else None


def places_end(state: State, memory: Memory) -> int | None:
    """Return in how many seconds those that lost their share lose their places, None without any."""
    return max(leaves_in(state, memory), 1) if memory.leaving and not memory.rest else None


def measures_in(state: State, memory: Memory) -> int | None:
    """Return in how many seconds to look at what autoscalers have measured, None when it decides nothing.

    Nobody tells of it: see `runtime.tidings`.
    """
    if not memory.carried:
        return None
    return min(_MEASURED_SECONDS, max(calms_in(state, memory), 1)) if memory.calm else _MEASURED_SECONDS


def shares_last(state: State, memory: Memory) -> bool:
    """Tell whether the requests have been shared as they are for long enough to be measured so."""
    if memory.leaving:
        return False
    if memory.candidate and memory.weight:
        return memory.since is None or memory.elapsed(_found(state)) >= _OLD_SHARES_SECONDS
    return memory.promoted is None or _is_old(state, memory.promoted)


def measured_pods(state: State, name: str) -> int:
    """Return how many pods of a revision have been ready for long enough to be measured."""
    ready = map(ready_since, state.observed.pods_of(name))
    return sum(since is not None and _is_old(state, since) for since in ready)


def _is_old(state: State, time: datetime) -> bool:
    return (_found(state) - time).total_seconds() >= _OLD_SHARES_SECONDS


def _found(state: State) -> datetime:
    """Return the time of which what was found tells: it may be as old as the begin of the look."""
    return state.observed.begun or state.now


def _step(state: State, memory: Memory) -> Step | None:
    return step_at(state.steps, memory.weight)
