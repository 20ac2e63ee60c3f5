"""From the desired objects to writes: none for what is there already, deletions for what is over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from sluiceway.api import names
from sluiceway.build.autoscaler import KIND
from sluiceway.build.objects import Object, Ref, ref_of, revision_of
from sluiceway.build.scaled_object import KIND as SCALED_OBJECT
from sluiceway.core import revision as revisions
from sluiceway.core.drift import matches, stamped
from sluiceway.core.observed import Observed
from sluiceway.core.ownership import Holder, holder
from sluiceway.core.plan import Apply, Delete, Write
from sluiceway.core.routing import led_to
from sluiceway.core.state import State

_WORKLOAD_KINDS = ("Deployment", "Service", "PodDisruptionBudget", "ConfigMap")


def changes(observed: Observed, desired: Iterable[Object], *, create: bool) -> Iterator[Write]:
    """Yield a write for each desired object that is not there yet, or not as desired, in their order.

    Without *create* only what exists is kept up.
    """
    for intended in (_stamped(observed, each) for each in desired):
        live = observed.existing(intended)
        if live is None:
            if create:
                yield Apply(intended, _manager(intended), creates=True)
        elif holder(observed.resource, live) in (Holder.US, Holder.NOBODY) and not matches(intended, live):
            yield Apply(intended, _manager(intended), expected_version=_version(observed, intended, live))


def _stamped(observed: Observed, intended: Object) -> Object:
    """Return *intended* with its hash; the number of pods is no part of it where an autoscaler moves it."""
    if not _is_scaled(observed, intended):
        return stamped(intended)
    spec = {key: value for key, value in intended["spec"].items() if key != "replicas"}
    return stamped(intended, said=intended | {"spec": spec})


def _is_scaled(observed: Observed, intended: Object) -> bool:
    return intended["kind"] == "Deployment" and observed.resource.spec.autoscaling is not None


def _manager(intended: Object) -> str:
    return names.MANAGER_TRAFFIC if _leads_traffic(intended) else names.MANAGER_OBJECTS


def _version(observed: Observed, intended: Object, live: Object) -> str | None:
    """Return the version over which alone may be written: a stale decision must not replace a later one.

    Nor may a stale look at the number of pods undo what an autoscaler has made of it since.
    """
    decides = _leads_traffic(intended) or intended["kind"] == "ControllerRevision"
    decides = decides or _is_scaled(observed, intended)
    return str(live["metadata"]["resourceVersion"]) if decides else None


def _leads_traffic(intended: Object) -> bool:
    """Tell whether callers go where this object says."""
    return intended["kind"] in ("HTTPRoute", "Service") and not revision_of(intended)


def retired(state: State, desired: Sequence[Object]) -> Iterator[Write]:
    """Yield the deletion of what is not *desired* and nobody is led to any more, as things are *now*."""
    observed = state.observed
    kept, led = {ref_of(obj) for obj in desired}, led_to(state)
    if observed.resource.spec.traffic is None:
        yield from (_delete(route) for route in observed.of_kind("HTTPRoute"))
    for kind in _WORKLOAD_KINDS:
        for obj in observed.of_kind(kind):
            # A budget that is no longer wanted would keep a single pod on its node.
            leads_nowhere = kind == "PodDisruptionBudget" or revision_of(obj) not in led
            if revision_of(obj) and ref_of(obj) not in kept and leads_nowhere:
                yield _delete(obj)
    records = {record["metadata"]["name"]: record for record in observed.of_kind("ControllerRevision")}
    refused = {revision.name for revision in state.recorded if state.refusal(revision.name)}
    needed = led | refused | {revision_of(obj) for obj in desired if obj["kind"] == "Deployment"}
    limit = observed.resource.spec.rollout.history_limit
    for revision in revisions.superfluous(state.recorded, {state.wanted.name, *needed}, limit):
        yield _delete(records[revision.name])


def unscaled(state: State, desired: Sequence[Object]) -> Iterator[Write]:
    """Yield the deletion of autoscalers that are not *desired*: such a one would fight with the spec.

    First those by which KEDA would make its own anew.
    """
    kept = {ref_of(obj): obj for obj in desired}
    for obj in state.observed.of_kind(SCALED_OBJECT):
        if ref_of(obj) not in kept and not obj["metadata"].get("deletionTimestamp"):
            yield _delete(obj)
    yield from (_delete(obj) for obj in state.observed.of_kind(KIND) if not _stays(state, obj, kept))


def _stays(state: State, autoscaler: Object, kept: Mapping[Ref, Object]) -> bool:
    """Tell whether an autoscaler may do its work: it is as the spec asks, or KEDA has it or is to have it.

    Until KEDA takes over one of ours, nobody raises its floor.
    """
    name = autoscaler["metadata"]["name"]
    by_keda = next((obj for ref, obj in kept.items() if (ref.kind, ref.name) == (SCALED_OBJECT, name)), None)
    if holder(state.owner, autoscaler) is Holder.KEDA:
        return by_keda is not None
    if by_keda is None:
        return ref_of(autoscaler) in kept
    return int(autoscaler["spec"].get("minReplicas", 1)) >= int(by_keda["spec"]["minReplicaCount"])


def _delete(obj: Object) -> Delete:
    return Delete(ref_of(obj), obj["metadata"]["uid"])
