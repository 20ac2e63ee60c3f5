"""The steps of a rollout, and how many pods a share of the requests needs."""

from __future__ import annotations

from collections.abc import Sequence

from sluiceway.api.rollout import (
    DEFAULT_BAKE_SECONDS,
    DEFAULT_KEEP_PREVIOUS_SECONDS,
    Rollout,
    Step,
    Strategy,
)
from sluiceway.api.spec import ModelDeploymentSpec

ALL = 100
LEAVING_SECONDS = 10
"""How long a revision keeps its place after it lost its share.

A data plane may go on choosing a backend for a moment after the gateway has taken up the change. With
Envoy, a request then fails when the cluster of the backend is gone already.
"""
CALM_SECONDS = 120
"""How long the pods that carried all requests stay after a rollout, where an autoscaler owns their number.

It measures every 15 s what a scrape or two found, of means over a minute or so.
"""
_DEFAULT = tuple(Step(weight=weight) for weight in (5, 25, 50, ALL))


def steps(spec: ModelDeploymentSpec, *, weighted: bool) -> tuple[Step, ...]:
    """Return the steps before a revision takes over; none when it does so by one switch.

    *weighted* tells whether a gateway gives shares of the requests. Without pods there is nothing to share.
    """
    rollout = spec.rollout
    if rollout.strategy is not Strategy.CANARY or not weighted or not spec.replicas:
        return ()
    if rollout.linear:
        weight, seconds = rollout.linear.weight, rollout.linear.seconds
        rising = (*range(weight, ALL, weight), ALL)
        return tuple(Step(weight=share, seconds=seconds) for share in rising)
    return rollout.steps or _DEFAULT


def passed(steps: Sequence[Step], weight: int) -> int:
    """Return the number of the step, from 1, that *weight* percent have come to; 0 before the first.

    By the share and not by counting: people may write other steps in the middle of a rollout.
    """
    return sum(step.weight <= weight for step in steps)


def step_at(steps: Sequence[Step], weight: int) -> Step | None:
    """Return the step that *weight* percent have come to; None before the first."""
    at = passed(steps, weight)
    return steps[at - 1] if at else None


def pods_for(weight: int, replicas: int) -> int:
    """Return how many of *replicas* pods carry *weight* percent of the requests; at least one carries any."""
    return -(-replicas * weight // ALL)


def keep_previous_seconds(rollout: Rollout) -> int:
    """Return for how long the previous revision keeps its pods after a promotion."""
    if rollout.strategy is Strategy.ALL_AT_ONCE:
        return 0
    given = rollout.keep_previous_seconds
    return DEFAULT_KEEP_PREVIOUS_SECONDS if given is None else given


def bake_seconds(rollout: Rollout) -> int:
    """Return for how long a revision is judged after a promotion; never longer than there is a way back."""
    given = rollout.bake_seconds
    return min(DEFAULT_BAKE_SECONDS if given is None else given, keep_previous_seconds(rollout))
