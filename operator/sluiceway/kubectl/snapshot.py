"""One look at a ModelDeployment and what it owns, with the rights of whoever asks."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import ValidationError

from sluiceway.adapters.surroundings import surroundings
from sluiceway.api import names
from sluiceway.api.resource import ModelDeployment
from sluiceway.build.objects import Object, Ref, ref_of
from sluiceway.build.route import API_VERSION, KIND
from sluiceway.core.decide import looks_around
from sluiceway.core.observed import Observed
from sluiceway.kubectl.problems import Problem
from sluiceway.kubectl.session import not_there
from sluiceway.ports import KindMissing, Reads, Refused

_READ = (
    ("apps/v1", "ControllerRevision"),
    ("apps/v1", "Deployment"),
    ("v1", "Service"),
    ("v1", "Pod"),
    ("discovery.k8s.io/v1", "EndpointSlice"),
)


@dataclass(frozen=True)
class Snapshot:
    """What one look found."""

    raw: Object
    """The ModelDeployment as the API server gave it."""
    observed: Observed
    routes_hidden: bool = False
    """Whether HTTPRoutes may not be read by whoever asks: then nobody here knows steps and shares."""


async def look(cluster: Reads, namespace: str, name: str, now: datetime) -> Snapshot:
    """Read a ModelDeployment and what it owns.

    :raises Problem: when there is none of that name, or when this version can not read it.
    :raises ClusterError: when the API server does not answer, or refuses.
    """
    raw = await cluster.get(Ref(names.API_VERSION, names.KIND, namespace, name))
    if raw is None:
        # To a get, a missing resource and a missing kind look the same.
        await cluster.list(names.API_VERSION, names.KIND, namespace)
        raise not_there(name, namespace)
    labels = {names.LABEL_MANAGED_BY: names.MANAGED_BY, names.LABEL_MODEL_DEPLOYMENT: name}
    (routes, gateway_api, hidden), (records, deployments, services, pods, slices) = await asyncio.gather(
        _routes(cluster, namespace, labels),
        asyncio.gather(*(cluster.list(*kind, namespace, labels) for kind in _READ)),
    )
    owned = (*records, *deployments, *services, *routes)
    observed = Observed(
        resource=read(raw),
        now=now,
        objects={ref_of(obj): obj for obj in owned},
        pods=tuple(pods),
        slices=tuple(slices),
        gateway_api=gateway_api,
    )
    if looks_around(observed):
        observed = replace(observed, around=await surroundings(cluster, namespace))
    return Snapshot(raw, observed, hidden)


def read(raw: Object) -> ModelDeployment:
    """Read a ModelDeployment.

    :raises Problem: when this version can not.
    """
    try:
        return ModelDeployment.parse(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise Problem(
            f"{raw['metadata']['name']} can not be read: {place}: {first['msg']}. Use the version of"
            " kubectl-sluiceway that fits the CRD in the cluster, and see `kubectl describe mdep`"
        ) from None


async def _routes(
    cluster: Reads, namespace: str, labels: Mapping[str, str]
) -> tuple[list[Object], bool, bool]:
    try:
        return await cluster.list(API_VERSION, KIND, namespace, labels), True, False
    except KindMissing:
        return [], False, False
    except Refused as error:
        if "forbidden" not in str(error):
            raise
        return [], True, True
