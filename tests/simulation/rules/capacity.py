"""Pods: as many as the shares need, enough to take everything back, and none restarted by the operator."""

from __future__ import annotations

from datetime import datetime

from tests.fakes.routes import reached
from tests.simulation.bounds import bounds
from tests.simulation.demands import demand
from tests.simulation.history import Change, History
from tests.simulation.passes import Pass
from tests.simulation.rules import bounded, scaling
from tests.simulation.rules.enough import demand_enough, warm


def pods_are_enough(history: History, seen: Pass, change: Change, now: datetime) -> None:
    """Who serves, and who served, has pods for all requests; a candidate for its share."""
    if change.after is None:
        return
    name, replicas = change.revision, change.after["spec"]["replicas"]
    fewer = change.before is not None and change.before["spec"]["replicas"] > replicas
    if not fewer and bounds(history, seen):
        return  # It gets what there is a place for.
    share = max(seen.weights.get(name, 0), seen.carried.get(name, 0) if fewer else 0)
    demand_enough(history, seen, name, pods=replicas, share=share, now=now)


def pods_are_never_restarted(_history: History, _seen: Pass, change: Change, _now: datetime) -> None:
    """The pods that were tried are those that take over: their template is never written anew."""
    if change.before and change.after:
        same = change.before["spec"]["template"] == change.after["spec"]["template"]
        demand(same, f"the pods of {change.revision} are started anew with another template")


def pods_go_last(history: History, seen: Pass, change: Change, now: datetime) -> None:
    """Pods go when nobody is led to them any more, neither by the gateway as it is nor by the Service."""
    if change.after is not None:
        return
    name = change.revision
    demand(name not in reached(seen.route), f"pods of {name} go while the route leads to them")
    demand(not seen.carried.get(name), f"pods of {name} go before the gateway has taken up that they shall")
    demand(name not in (history.home, seen.led), f"pods of {name} go while the Service leads to them")
    demand(not warm(history, seen, name, now), f"pods of {name} go before it was kept for long enough")


def services_go_last(history: History, seen: Pass, change: Change, _now: datetime) -> None:
    """A route is refused when it names a Service that is not there."""
    if change.after is None and change.revision:
        placed = seen.owner.spec.traffic is not None and change.revision in seen.weights
        demand(not placed, f"Service {change.revision} goes while the route names it")
        demand(change.revision != history.home, f"Service {change.revision} goes while it serves")


RULES = {
    "Deployment": (
        pods_are_enough,
        pods_are_never_restarted,
        pods_go_last,
        scaling.pods_are_handed_over,
        bounded.places_are_there,
        bounded.places_are_given_up_last,
    ),
    "Service": (services_go_last,),
    "HorizontalPodAutoscaler": (scaling.floors_are_right,),
}
