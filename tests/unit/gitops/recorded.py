"""Resources as they stand in the cluster in every state of their lives, with what the operator reported."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from pydantic import ValidationError

from sluiceway.api import names
from sluiceway.api.crd import custom_resource_definition
from sluiceway.api.resource import ModelDeployment
from sluiceway.build.objects import Object
from sluiceway.core.invalid import refuse
from sluiceway.core.observed import Observed
from tests.fakes.objects import NOW, make_raw
from tests.fakes.snapshots import carried_out
from tests.fakes.world import World
from tests.unit.core.states import STATES as LOOKED_AT
from tests.unit.runtime.judged_states import STATES as JUDGED
from tests.unit.runtime.judged_states import lived


@cache
def recorded() -> dict[str, Object]:
    """Return every state by its name."""
    found = dict(_before_the_operator())
    found |= {state: of_observed(carried_out(observed)) for state, (observed, _) in LOOKED_AT.items()}
    found |= {state.__name__.replace("_", " "): of_world(lived(state)) for state in JUDGED}
    return found | dict(_afterwards(found["serving"]))


def expected() -> dict[str, str]:
    """Return what kstatus is expected to say of the states for which that is written down with them."""
    judged = {live.__name__.replace("_", " "): reads for live, reads in JUDGED.items()}
    return {state: reads for state, (_, reads) in LOOKED_AT.items()} | judged


def of_observed(observed: Observed) -> Object:
    """Return the resource of a snapshot."""
    resource = observed.resource
    return _resource(resource.metadata.generation, resource.status.to_dict())


def of_world(world: World) -> Object:
    """Return the resource of a world."""
    kept = world.cluster.objects[world.resource]
    return _resource(kept["metadata"]["generation"], kept["status"])


def _resource(generation: int, status: Object | None) -> Object:
    raw = make_raw(generation=generation)
    identity = {key: raw["metadata"][key] for key in ("name", "namespace", "generation")}
    resource = {"apiVersion": names.API_VERSION, "kind": names.KIND, "metadata": identity}
    return resource | ({"status": status} if status else {})


def _before_the_operator() -> Iterator[tuple[str, Object]]:
    """Yield what stands there right after an apply, before the operator has seen it."""
    version = custom_resource_definition()["spec"]["versions"][0]
    by_default = version["schema"]["openAPIV3Schema"]["properties"]["status"]["default"]
    yield "just applied", _resource(1, by_default)
    yield "no status at all, as with a CRD of an earlier version", _resource(1, None)


def _afterwards(serving: Object) -> Iterator[tuple[str, Object]]:
    """Yield what becomes of a resource that serves."""
    metadata = serving["metadata"]
    changed = metadata | {"generation": metadata["generation"] + 1}
    yield "another spec was just applied", serving | {"metadata": changed}
    deleted = metadata | {"deletionTimestamp": "2026-07-30T03:00:00Z"}
    yield "being deleted", serving | {"metadata": deleted}
    yield "the spec can not be read", serving | {"metadata": changed, "status": _unreadable(serving)}


def _unreadable(serving: Object) -> Object:
    generation = serving["metadata"]["generation"] + 1
    raw = make_raw(runtime={"image": ["not", "text"]}, status=serving["status"], generation=generation)
    try:
        ModelDeployment.parse(raw)
    except ValidationError as error:
        return refuse(raw, error, NOW).status or {}
    raise AssertionError("the spec can be read")
