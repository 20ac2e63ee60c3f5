"""How many pods carry all requests while revisions share them: remembered until nobody needs to know.

No autoscaler measures one revision with all requests then. So the number stands that was there when the
sharing began, and for a while after it ended: what was measured last was measured of a share. It rises when
the revisions are measured to carry more together, and falls with the end of the rollout only.
"""

from __future__ import annotations

from datetime import datetime
from math import ceil

from sluiceway.core.capacity import live_replicas
from sluiceway.core.clock import calms_in, measured_pods, shares_last
from sluiceway.core.load import load
from sluiceway.core.memory import Memory
from sluiceway.core.state import State


def carrying(state: State, after: Memory) -> Memory:
    """Return the memory *after* a transition, with the number of pods that carried everything."""
    if state.owner.spec.autoscaling is None:
        return _noted(state, after, 0, None)
    if after.candidate or after.previous or after.leaving:
        if not after.carried or after.calm is not None:
            return _noted(state, after, _carry(state, after), None)
        return _noted(state, after, max(after.carried, _measured(state, after)), None)
    if not after.carried or (after.calm and calms_in(state, after) <= 0):
        return _noted(state, after, 0, None)
    return _noted(state, after, after.carried, after.calm or state.now)


def _carry(state: State, after: Memory) -> int:
    return max(1, *(live_replicas(state, name) for name in (after.stable, after.previous)))


def _measured(state: State, after: Memory) -> int:
    """Return how many pods are measured to carry all requests, 0 while that is not of the shares as they are.

    Just after a change one autoscaler may tell of the old shares and another one of the new.
    """
    if not shares_last(state, after):
        return 0
    # Before its first request a candidate has no load, whatever loading its model takes.
    loaded = (name for name in after.live if name != after.candidate or after.weight)
    return ceil(sum(load(state.autoscaler(name), measured_pods(state, name)) or 0 for name in loaded))


def _noted(state: State, after: Memory, carried: int, calm: datetime | None) -> Memory:
    if (after.carried, after.calm) == (carried, calm):
        return after
    if after is state.memory:
        return after.changed(carried=carried, calm=calm)
    return after.model_copy(update={"carried": carried, "calm": calm})
