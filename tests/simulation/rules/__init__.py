"""What must hold at every write, and after every pass, of every operator: seen from outside."""

from __future__ import annotations

from datetime import datetime

from sluiceway.api import names
from sluiceway.build.objects import Object
from sluiceway.core.plan import Event
from tests.fakes.cluster import FakeCluster
from tests.simulation.history import Change, History
from tests.simulation.passes import Pass, demand
from tests.simulation.rules import capacity, records, telling, traffic
from tests.simulation.rules.passed import RULES_OF_PASSES


def check_write(  # noqa: C901 - one case per kind
    cluster: FakeCluster, history: History, seen: Pass, change: Change, now: datetime
) -> None:
    """Check one change that an operator made.

    :raises Violation: when something does not hold.
    """
    deleted = ((seen.resource or {}).get("metadata") or {}).get("deletionTimestamp")
    demand(seen.resource and not deleted, f"{change.ref} is written though the resource is being deleted")
    if seen.late and not change.leads and change.ref.kind != "ControllerRevision":
        # What an old leader does to pods and words is mended by the next look of the new one.
        return
    match change.ref.kind:
        case "HTTPRoute" if change.after is None:
            demand(seen.owner.spec.traffic is None, "the route goes while the spec asks for it")
        case "HTTPRoute":
            for rule in traffic.RULES_OF_ROUTE:
                rule(cluster, history, seen, change)
        case "Service" if not change.revision and change.after is not None:
            for rule in traffic.RULES_OF_SERVICE:
                rule(cluster, history, seen, change)
        case "Service":
            capacity.services_go_last(history, seen, change)
        case "Deployment":
            for check in capacity.RULES_OF_DEPLOYMENT:
                check(history, seen, change, now)
        case "ControllerRevision":
            records.refusals_stay(history, seen, change)
        case names.KIND:
            before, after = ((obj or {}).get("status") for obj in (change.before, change.after))
            demand(before != after and after, "an operator changes the spec")
            telling.status_follows(history, seen, after or {})


def check_event(history: History, seen: Pass, event: Event, status: Object) -> None:
    """Check an Event that an operator writes; *status* is what people read at that moment."""
    if not seen.late and not seen.disputed:
        telling.events_once(history, seen, event, status)


def check_pass(cluster: FakeCluster, history: History, seen: Pass) -> None:
    """Check a pass that came to its end with nobody in its way."""
    if seen.resource is not None and not seen.owner.metadata.deletion_timestamp:
        for rule in RULES_OF_PASSES:
            rule(cluster, history, seen)
