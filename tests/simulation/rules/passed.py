"""What holds after a pass that came to its end with nobody in its way."""

from __future__ import annotations

from sluiceway.api.reasons import Reason
from sluiceway.api.status import ModelDeploymentStatus
from sluiceway.core.memory import outcome_of, recall
from tests.fakes.cluster import FakeCluster
from tests.simulation.demands import demand
from tests.simulation.history import History
from tests.simulation.passes import Pass
from tests.simulation.rules.bounded import rest_is_given_back
from tests.simulation.rules.metrics import breaches_are_seen
from tests.simulation.rules.scaling import floors_follow_the_load


def nobody_is_led_astray(_cluster: FakeCluster, history: History, seen: Pass) -> None:
    """A candidate that does not answer, that nobody asks for or that a person aborted has no share.

    Unless callers would be led from pods that answer to none.
    """
    if not seen.replicas or seen.owner.spec.traffic is None or not seen.answering(history.home):
        return
    for name, weight in seen.weights.items():
        if weight and name not in history.trusted:
            demand(seen.answering(name), f"{name} keeps {weight} % and has no pod that answers")
            if name == history.giving:
                continue  # It gives back what pods of who serves carry: see `rules.bounded`.
            demand(
                name == history.wanted(seen), f"{name} keeps {weight} % though the spec does not ask for it"
            )
            aborted = name == history.aborted(seen) != history.retried(seen)
            demand(not aborted, f"{name} keeps {weight} % though a person aborted it")


def ends_are_on_record(cluster: FakeCluster, _history: History, seen: Pass) -> None:
    """How attempts ended stands on the records of their revisions, which outlive route and status."""
    records = cluster.of_kind("ControllerRevision")
    for outcome in recall((seen.route, seen.service), "").outcomes:
        if outcome.revision in records:
            told = outcome_of(records[outcome.revision])
            later = told is not None and told.attempt > outcome.attempt
            demand(told == outcome or later, f"the record of {outcome.revision} tells {told}, not {outcome}")


def who_served_is_told(_cluster: FakeCluster, history: History, seen: Pass) -> None:
    """The history tells who serves, and since when and until when all those did who had all requests."""
    told = ModelDeploymentStatus.model_validate(seen.status or (seen.resource or {}).get("status") or {})
    entries = {entry.revision: entry for entry in told.history}
    serving = {name for name, entry in entries.items() if entry.outcome == Reason.SERVING}
    demand(serving == {told.serving} - {None}, f"history: {serving} serve; status: {told.serving}")
    for name in (history.served & entries.keys()) - serving:
        entry = entries[name]
        begun, ended = entry.served_from, entry.served_until
        demand(begun and ended and begun <= ended, f"{name} has served, and the history tells {entry}")


RULES_OF_PASSES = (
    nobody_is_led_astray,
    ends_are_on_record,
    who_served_is_told,
    breaches_are_seen,
    floors_follow_the_load,
    rest_is_given_back,
)
