"""What callers rely on: every write of where they are led is one safe step."""

from __future__ import annotations

from collections.abc import Callable

from sluiceway.core.memory import recall
from sluiceway.core.state import weights_of
from sluiceway.core.steps import ALL
from tests.fakes.cluster import FakeCluster
from tests.fakes.routes import by_header, reached, rules_of, selected
from tests.simulation.bounds import bounds
from tests.simulation.demands import demand
from tests.simulation.history import Change, History
from tests.simulation.passes import Pass
from tests.simulation.rules import bounded
from tests.simulation.rules.bounded import is_taken_back
from tests.simulation.rules.judging import blamed_rightly
from tests.simulation.rules.raising import demand_reasons_to_raise

Rule = Callable[[FakeCluster, History, Pass, Change], None]


def route_stays(_cluster: FakeCluster, _history: History, seen: Pass, change: Change) -> None:
    """The route goes when the spec asks for no traffic; Service `<name>` never does."""
    if change.after is None:
        unasked = change.ref.kind == "HTTPRoute" and seen.owner.spec.traffic is None
        demand(unasked, f"{change.ref} goes, by which callers reach the model")


def shares_are_complete(_cluster: FakeCluster, _history: History, _seen: Pass, change: Change) -> None:
    """Weights sum to 100, in every rule of the route."""
    for rule in rules_of(change.after):
        total = sum(backend["weight"] for backend in rule["backendRefs"])
        demand(total == ALL, f"the weights sum to {total}")


def backends_exist(cluster: FakeCluster, _history: History, seen: Pass, change: Change) -> None:
    """A gateway refuses a route to a Service that is not there, at any weight."""
    written = {write.ref.name for write in seen.written if write.ref.kind == "Service"}
    there = {*cluster.of_kind("Service"), *seen.services, *written}
    for name in weights_of(change.after):
        demand(name in there, f"the route leads to Service {name}, which is not there")


def decided_on_what_is_there(_cluster: FakeCluster, _history: History, seen: Pass, change: Change) -> None:
    """Where callers are led is never written over by who has not seen it: not by an old leader either."""
    known = seen.route if change.ref.kind == "HTTPRoute" else seen.service
    before = change.before
    same = (known or {}).get("metadata", {}).get("resourceVersion") == (before or {}).get("metadata", {}).get(
        "resourceVersion"
    )
    demand(same, f"{change.ref} is written by who has not seen it as it is")


def places_stay(_cluster: FakeCluster, _history: History, _seen: Pass, change: Change) -> None:
    """A revision keeps its place in the route: data planes count by place."""
    before, after = list(weights_of(change.before)), list(weights_of(change.after))
    for name in set(before) & set(after):
        demand(before.index(name) == after.index(name), f"{name} moves in the route: {before} -> {after}")


def places_end_last(_cluster: FakeCluster, history: History, seen: Pass, change: Change) -> None:
    """A place ends when the gateway has taken up that nobody is led there: no request is on its way to it."""
    if change.after is None:
        return
    for name in set(weights_of(change.before)) - set(weights_of(change.after)):
        by_hand = seen.weights != history.written
        idle = not seen.weights.get(name) and not seen.carried.get(name)
        demand(idle or by_hand, f"the place of {name} ends before the gateway knows that it has no share")


def backends_are_known(_cluster: FakeCluster, history: History, _seen: Pass, change: Change) -> None:
    """Who gets a share is in the route already: a data plane takes a moment to learn of a backend."""
    by_hand = weights_of(change.before) != history.written
    if not change.before or by_hand:
        return
    given = {name for name, weight in weights_of(change.after).items() if weight}
    unknown = given - reached(change.before)
    demand(not unknown, f"{unknown} gets a share, and the gateway has no backend for it yet")


def one_transition(cluster: FakeCluster, history: History, seen: Pass, change: Change) -> None:
    """One revision gains, one loses, and the one that gains has reasons to."""
    memory = recall([change.after], "")
    decisions = memory.sequence - seen.before.sequence
    demand(decisions <= 1, f"{decisions} decisions in one write")
    before, after = history.written, weights_of(change.after)
    if not before or not after:
        return
    gains = {name: weight for name, weight in after.items() if weight > before.get(name, 0)}
    losses = {name: weight for name, weight in before.items() if weight > after.get(name, 0)}
    demand(len(gains) <= 1 and len(losses) <= 1, f"more than one transition: {before} -> {after}")
    for (name, weight), loser in zip(gains.items(), losses, strict=True):
        if name in history.trusted and loser != history.home:
            if loser != history.giving:
                _demand_reasons_to_take_back(history, seen, loser, name)
        elif name != memory.candidate and is_taken_back(history, seen, name):
            answers = seen.answering(name) or (bounds(history, seen) and not seen.answering(loser))
            demand(answers, f"callers go back to {name}, which has no pod that answers")
        else:
            demand_reasons_to_raise(history, seen, name, before.get(name, 0), weight)
            continue
        if bound := bounds(history, seen):
            shares = {"before": before[loser], "after": after.get(loser, 0)}
            bounded.demand_as_far_as_pods_carry(bound, seen, loser, name, **shares)


def _demand_reasons_to_take_back(history: History, seen: Pass, loser: str, winner: str) -> None:
    """A share is taken back for a reason, as the first thing, and not to where nobody answers."""
    reasons = (
        history.wanted(seen) != loser,
        loser in (history.aborted(seen), *history.refused),
        not seen.answering(loser),
        loser in history.failed and seen.owner.spec.slo,
    )
    demand(any(reasons), f"{loser} loses its share without a reason")
    demand(
        seen.answering(winner) or not seen.answering(loser),
        f"callers go from {loser} back to {winner}, which has no pod that answers",
    )
    demand(seen.only_created_services(), f"{loser} loses its share after other writes: {seen.written}")


def first_answers(_cluster: FakeCluster, history: History, seen: Pass, change: Change) -> None:
    """A route that is new leads to who serves, or to a first revision that answers."""
    weights = weights_of(change.after)
    if history.written or not weights:
        return
    for name, weight in weights.items():
        known = name in history.trusted or (name == history.previous and weight == ALL)
        demand(known or not weight or history.fit(seen, name), f"{name} gets {weight} % and nobody to answer")


def asked_by_header(_cluster: FakeCluster, history: History, seen: Pass, change: Change) -> None:
    """Callers may ask for a new revision when it answers; a route that comes back keeps the places it had."""
    before = by_header(change.before) if change.before else set(history.written)
    for name in by_header(change.after) - before - {*history.trusted, history.previous}:
        demand(history.fit(seen, name), f"callers may ask for {name}, which has no pod that answers")


def service_follows(cluster: FakeCluster, history: History, seen: Pass, change: Change) -> None:
    """Service `<name>` leads to who serves: where the route leads, or as carefully as a route would."""
    if change.after is None or change.ref.kind != "Service":
        return
    name = selected(change.after)
    if seen.route and bounds(history, seen):
        bounded.demand_led_to_most(seen, seen.remembered.stable, name)
        return
    if name == history.home:
        return
    if seen.owner.spec.traffic is not None and seen.route:
        if seen.before.stable == name:
            return  # A pass before this one has moved the route, and did not come as far as this.
        demand(seen.weights.get(name) == ALL, f"Service leads to {name}, the route to {seen.weights}")
        if history.home and not is_taken_back(history, seen, name):
            demand_reasons_to_raise(history, seen, name, ALL, ALL)
    elif not history.home:
        demand(history.fit(seen, name), f"Service leads to {name}, which has no pod that answers")
    elif not is_taken_back(history, seen, name):
        demand_reasons_to_raise(history, seen, name, 0, ALL)


RULES: tuple[Rule, ...] = (
    route_stays,
    shares_are_complete,
    backends_exist,
    decided_on_what_is_there,
    places_stay,
    places_end_last,
    backends_are_known,
    one_transition,
    first_answers,
    asked_by_header,
    service_follows,
    bounded.who_serves_changes,
    bounded.nobody_begins_meanwhile,
    blamed_rightly,
)
