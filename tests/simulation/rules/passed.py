"""What holds after a pass that came to its end with nobody in its way."""

from __future__ import annotations

from sluiceway.core.memory import outcome_of, recall
from tests.fakes.cluster import FakeCluster
from tests.simulation.demands import demand
from tests.simulation.history import History
from tests.simulation.passes import Pass


def nobody_is_led_astray(_cluster: FakeCluster, history: History, seen: Pass) -> None:
    """A candidate that does not answer, that nobody asks for or that a person aborted has no share.

    Unless callers would be led from pods that answer to none.
    """
    if not seen.replicas or seen.owner.spec.traffic is None or not seen.answering(history.home):
        return
    for name, weight in seen.weights.items():
        if weight and name not in history.trusted:
            demand(seen.answering(name), f"{name} keeps {weight} % and has no pod that answers")
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


RULES_OF_PASSES = (nobody_is_led_astray, ends_are_on_record)
