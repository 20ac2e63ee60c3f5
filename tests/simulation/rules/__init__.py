"""What must hold at every write, and after every pass, of every operator: seen from outside."""

from __future__ import annotations

from datetime import datetime

from sluiceway.build.objects import Object
from sluiceway.core.plan import Event
from tests.fakes.cluster import FakeCluster
from tests.simulation.demands import demand
from tests.simulation.history import Change, History
from tests.simulation.passes import Pass
from tests.simulation.rules import capacity, records, telling, traffic
from tests.simulation.rules.passed import RULES_OF_PASSES


def check_write(cluster: FakeCluster, history: History, seen: Pass, change: Change, now: datetime) -> None:
    """Check one change that an operator made.

    :raises Violation: when something does not hold.
    """
    deleted = ((seen.resource or {}).get("metadata") or {}).get("deletionTimestamp")
    demand(seen.resource and not deleted, f"{change.ref} is written though the resource is being deleted")
    if change.leads:
        for lead in traffic.RULES:
            lead(cluster, history, seen, change)
    if change.ref.kind == "ControllerRevision":
        records.refusals_stay(history, seen, change)
    if seen.late:
        # What an old leader does to pods and words is mended by the next look of the new one.
        return
    for check in capacity.RULES.get(change.ref.kind, ()):
        check(history, seen, change, now)
    if change.ref == seen.ref:
        telling.status_follows(history, seen, change)


def check_event(history: History, seen: Pass, event: Event, status: Object) -> None:
    """Check an Event that an operator writes; *status* is what people read at that moment."""
    if not seen.late and not seen.disputed:
        telling.events_once(history, seen, event, status)


def check_pass(cluster: FakeCluster, history: History, seen: Pass) -> None:
    """Check a pass that came to its end with nobody in its way."""
    if not seen.owner.metadata.deletion_timestamp:
        for rule in RULES_OF_PASSES:
            rule(cluster, history, seen)
