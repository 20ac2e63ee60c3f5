"""Snapshots of a resource at any moment of its life, made by carrying out what `decide` says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sluiceway.api import names
from sluiceway.api.status import ModelDeploymentStatus
from sluiceway.build.objects import Object, Ref, ref_of
from sluiceway.core.decide import decide
from sluiceway.core.evidence import Evidence
from sluiceway.core.observed import Observed
from sluiceway.core.plan import Apply
from sluiceway.core.readings import Reading, Unanswered
from sluiceway.core.revision import wanted
from sluiceway.core.standing import IN_A_ROW
from sluiceway.core.state import State
from sluiceway.core.tally import Moment
from tests.fakes.guards import DAY
from tests.fakes.objects import HOSTNAME, NAMESPACE, NOW, make_gateway, make_resource, ready_pod, slices_of
from tests.fakes.willing import willing

_DEFAULTS: dict[str, Any] = {"replicas": 2, "traffic": HOSTNAME}


def first_look(**given: Any) -> Observed:
    """Return what is seen of a resource that was just created; the arguments are those of `make_raw`."""
    resource = make_resource(**_DEFAULTS | given)
    return Observed(resource, NOW, {}, gateways={(NAMESPACE, "public"): make_gateway()})


def carried_out(observed: Observed) -> Observed:
    """Return what is seen after the plan for *observed* was carried out and its status written."""
    plan = decide(observed)
    objects = dict(observed.objects)
    for write in plan.writes:
        if isinstance(write, Apply):
            objects[write.ref] = _stored(write.obj, objects.get(write.ref))
        else:
            del objects[write.ref]
    status = (
        observed.resource.status if plan.status is None else ModelDeploymentStatus.model_validate(plan.status)
    )
    return replace(
        observed,
        objects=objects,
        answers={ask.revision: willing(ask.golden) for ask in plan.asks},
        resource=observed.resource.model_copy(update={"status": status}),
    )


def verified(observed: Observed) -> Observed:
    """Return what is seen after the wanted revision was asked and gave the right answers."""
    return carried_out(carried_out(observed))


def with_pods(observed: Observed, *pods: Object) -> Observed:
    """Return *observed* with these pods and no others."""
    return replace(observed, pods=pods, slices=slices_of(pods))


def with_route_status(observed: Observed, status: str = "True", reason: str = "Accepted") -> Observed:
    """Return *observed* with a gateway that said this of the route as it is now."""
    route = next(obj for ref, obj in observed.objects.items() if ref.kind == "HTTPRoute")
    said = {"status": status, "reason": reason, "message": "no listener for it" if status == "False" else ""}
    conditions = [
        said | {"type": kind, "observedGeneration": route["metadata"]["generation"]}
        for kind in ("Accepted", "ResolvedRefs")
    ]
    parents = [{"parentRef": parent, "conditions": conditions} for parent in route["spec"]["parentRefs"]]
    answered = route | {"status": {"parents": parents}}
    return replace(observed, objects={**observed.objects, ref_of(route): answered})


def commanded(observed: Observed, **given: str) -> Observed:
    """Return *observed* after a person gave commands, such as `abort="fraud-1a2b3/1/1"`."""
    annotations = {f"{names.GROUP}/{name}": value for name, value in given.items()}
    metadata = observed.resource.metadata.model_copy(update={"annotations": annotations})
    return replace(observed, resource=observed.resource.model_copy(update={"metadata": metadata}))


def at_its_first_share(observed: Observed) -> Observed:
    """Return what is seen once the candidate, whose pods are ready, has its first share of the requests."""
    shown = with_route_status(carried_out(verified(observed)))
    return carried_out(with_route_status(carried_out(shown)))


def asking_for(observed: Observed, **given: Any) -> Observed:
    """Return *observed* with another spec, one generation later; the arguments are those of `make_raw`."""
    generation = observed.resource.metadata.generation + 1
    resource = make_resource(**_DEFAULTS | {"generation": generation} | given)
    return replace(observed, resource=resource.model_copy(update={"status": observed.resource.status}))


def wanted_name(observed: Observed) -> str:
    """Return the name of the revision that the spec asks for."""
    return wanted(observed.resource, State(observed).recorded).name


def serving(**given: Any) -> Observed:
    """Return a resource that serves with all its pods and whose route is accepted; nothing is left to do."""
    loaded = carried_out(first_look(**given))
    pods = [ready_pod(wanted_name(loaded), number) for number in range(loaded.resource.spec.replicas)]
    served = carried_out(verified(with_pods(loaded, *pods)))
    routed = with_route_status(served) if served.resource.spec.traffic else served
    return carried_out(routed)


def with_guards_read(observed: Observed, told: Mapping[str, Reading | Unanswered] | None = None) -> Observed:
    """Return *observed* after the guards that are to be read were: *told* by pod, the others answer."""
    evidence = {}
    for revision, pods in decide(observed).scrapes.items():
        found = Evidence().watching(pods)
        for number in range(IN_A_ROW):
            moment = Moment(observed.now + timedelta(seconds=number), number, number)
            for pod in pods:
                found = found.took(pod.uid, (told or {}).get(pod.pod, Reading(uptime=DAY)), moment)
        evidence[revision] = found
    return carried_out(replace(observed, evidence=evidence))


def _stored(obj: Object, before: Object | None) -> Object:
    ref: Ref = ref_of(obj)
    generation = (
        1 if before is None else before["metadata"]["generation"] + (before.get("spec") != obj.get("spec"))
    )
    known = {"uid": f"uid-of-{ref}", "resourceVersion": "1", "generation": generation}
    return obj | {"metadata": obj["metadata"] | known} | ({"status": before.get("status")} if before else {})
