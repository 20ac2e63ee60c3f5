"""What metrics tell is acted upon, and what they do not tell is no reason for anything."""

from __future__ import annotations

from datetime import timedelta

from sluiceway.api.rollout import Step
from tests.fakes.cluster import FakeCluster
from tests.simulation.demands import demand
from tests.simulation.history import History
from tests.simulation.passes import Pass

_LOOKS = 8
"""All bad in so many looks is a breach, whatever its share; there are many more of them in a minute."""
_PASSES = 1
"""So many transitions may have been due before."""


def demand_measurements(history: History, seen: Pass, what: str, step: Step) -> None:
    """Demand that a provider that is asked has answered for as long as the step takes."""
    if history.measured_since and history.raised and _asked(seen):
        lasted = history.measured_since(history.raised)
        demand(
            lasted >= timedelta(seconds=step.seconds),
            f"{what}, though metrics were there for {lasted} of {step.seconds} s",
        )


def breaches_are_seen(cluster: FakeCluster, history: History, seen: Pass) -> None:
    """A candidate of which metrics alone tell that it fails everybody loses its share."""
    if cluster.refused:
        return
    for name, looks in history.bad_looks.items():
        alone = name not in history.trusted and not history.failed & history.trusted
        answers = seen.answering(history.home) and history.home in history.trusted
        keeps = seen.weights.get(name) and name != history.giving
        if looks < _LOOKS or not (alone and answers and keeps and _asked(seen)):
            history.overdue.pop(name, None)
            continue
        history.overdue[name] = history.overdue.get(name, 0) + 1
        demand(
            history.overdue[name] <= _PASSES,
            f"{name} keeps {seen.weights[name]} %, though metrics have shown {looks} times that it fails all",
        )


def _asked(seen: Pass) -> bool:
    slo = seen.owner.spec.slo
    return slo is not None and slo.gateway is not None
