"""From the desired objects to writes: none for what is there already, deletions for what is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sluiceway.api import names
from sluiceway.build.objects import Object, ref_of, revision_of
from sluiceway.core import revision as revisions
from sluiceway.core.drift import matches, stamped
from sluiceway.core.observed import Observed
from sluiceway.core.ownership import Holder, holder
from sluiceway.core.plan import Apply, Delete, Write
from sluiceway.core.state import State

_WORKLOAD_KINDS = ("Deployment", "Service", "PodDisruptionBudget")


def changes(observed: Observed, desired: Iterable[Object], *, create: bool) -> Iterator[Write]:
    """Yield a write for each desired object that is not there yet, or not as desired, in their order.

    Without *create* only what exists is kept up.
    """
    for intended in map(stamped, desired):
        live = observed.existing(intended)
        if live is None:
            if create:
                yield Apply(intended, _manager(intended), creates=True)
        elif holder(observed.resource, live) is not Holder.SOMEBODY_ELSE and not matches(intended, live):
            yield Apply(intended, _manager(intended), expected_version=_version(intended, live))


def _manager(intended: Object) -> str:
    return names.MANAGER_TRAFFIC if _leads_traffic(intended) else names.MANAGER_OBJECTS


def _version(intended: Object, live: Object) -> str | None:
    return str(live["metadata"]["resourceVersion"]) if _leads_traffic(intended) else None


def _leads_traffic(intended: Object) -> bool:
    """Tell whether callers go where this object says: then a stale decision must not be written."""
    return intended["kind"] in ("HTTPRoute", "Service") and not revision_of(intended)


def retired(state: State) -> Iterator[Write]:
    """Yield the deletion of what nobody is led to any more, seen from where callers are led *now*."""
    observed = state.observed
    in_use = {state.wanted.name, state.holder, *state.routed}
    in_use |= {state.serving.name} if state.serving else set()
    if observed.resource.spec.traffic is None:
        yield from (_delete(route) for route in observed.of_kind("HTTPRoute"))
    for kind in _WORKLOAD_KINDS:
        for obj in observed.of_kind(kind):
            lone = kind == "PodDisruptionBudget" and observed.resource.spec.replicas < 2  # noqa: PLR2004
            if (revision_of(obj) and revision_of(obj) not in in_use) or lone:
                yield _delete(obj)
    records = {record["metadata"]["name"]: record for record in observed.of_kind("ControllerRevision")}
    for revision in revisions.superfluous(state.recorded, in_use):
        yield _delete(records[revision.name])


def _delete(obj: Object) -> Delete:
    return Delete(ref_of(obj), obj["metadata"]["uid"])
