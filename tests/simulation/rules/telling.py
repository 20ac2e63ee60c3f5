"""What people are told: nothing that the cluster does not say yet, and nothing twice."""

from __future__ import annotations

from sluiceway.api import names
from sluiceway.api.reasons import ConditionType
from sluiceway.api.status import ModelDeploymentStatus
from sluiceway.build.objects import Object
from sluiceway.core.plan import Event
from sluiceway.core.steps import ALL
from tests.simulation.bounds import bounds
from tests.simulation.demands import demand
from tests.simulation.history import Change, History
from tests.simulation.passes import Pass


def status_follows(history: History, seen: Pass, change: Change) -> None:
    """Status says who serves and with which share after the route and the Service do."""
    before, status = ((obj or {}).get("status") for obj in (change.before, change.after))
    demand(before != status and status, "an operator changes more than the status")
    told = ModelDeploymentStatus.model_validate(status)
    if not told.serving or seen.refused:
        return
    selected = (seen.service or {}).get("spec", {}).get("selector", {}).get(names.LABEL_REVISION)
    if seen.route is None or bounds(history, seen) is None:
        demand(selected == told.serving, f"status: {told.serving} serves; the Service leads to {selected}")
    if seen.route and seen.owner.spec.traffic is not None:
        weight, shares = told.candidate_weight or 0, seen.weights
        kept = {name: shares.pop(name, 0) for name in {history.giving} - {""}}
        given = shares.get(told.candidate, 0) if told.candidate else 0
        demand(weight == given, f"status: {told.candidate} gets {weight} %; the route: {seen.weights}")
        rest = ALL - weight - sum(kept.values())
        demand(
            shares.get(told.serving, 0) == rest, f"status: {told.serving} serves; the route: {seen.weights}"
        )
        words = next(each.message for each in told.conditions if each.type == ConditionType.READY)
        for name, share in kept.items():
            demand(
                f"{share} % of the requests still go to {name}" in words,
                f"{name} has {share} %; told: {words}",
            )


def forget_the_past(history: History, status: Object) -> None:
    """Take up another status, whoever wrote it: what it does not say any more may be told again."""
    history.told = {event: about for event, about in history.told.items() if about <= _facts(status)}


def events_once(history: History, seen: Pass, event: Event, status: Object) -> None:
    """An Event tells of a change of the status, which is written before; a restart repeats none."""
    demand(seen.status, f"an Event without news in the status: {event}")
    key = (event.reason, event.message)
    demand(key not in history.told, f"the same Event again: {event}")
    words = {*event.message.replace("; ", " ").split(), event.reason}
    if not seen.status.items() <= status.items():
        return  # Somebody has removed or replaced it since: the next operator may tell the same again.
    # The end of a trouble is told by what is not there any more.
    about = ("Stalled", "candidateWeight") if "requests" in words else ("Stalled",)
    history.told[key] = frozenset(
        fact for fact in _facts(status) if fact.startswith(about) or words & set(fact.split())
    )


def _facts(status: Object) -> frozenset[str]:
    """Return what an Event may be about, each as words."""
    keys = ("serving", "candidate", "candidateWeight")
    values = {f"{key} {status.get(key)}" for key in keys}
    conditions = status.get("conditions", [])
    return frozenset(values | {f"{each['type']} {each['status']} {each['reason']}" for each in conditions})
