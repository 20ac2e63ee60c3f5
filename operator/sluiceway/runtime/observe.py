"""One snapshot of a resource and of what it owns or needs: the only reader.

It reads from the API server and not from a cache, so that a decision never rests on what another
watch has not delivered yet.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from sluiceway.adapters.surroundings import surroundings
from sluiceway.api import names
from sluiceway.api.resource import ModelDeployment
from sluiceway.build import autoscaler, scaled_object
from sluiceway.build.guard.container import DEFAULTS, GuardSettings
from sluiceway.build.objects import Object, Ref, ref_of
from sluiceway.build.route import parent_ref
from sluiceway.core.decide import looks_around, needed
from sluiceway.core.observed import Observed
from sluiceway.core.pods import is_ready
from sluiceway.core.traffic import contested
from sluiceway.ports import Cluster, KindMissing, Refused

OWNED = (
    ("apps/v1", "ControllerRevision"),
    ("apps/v1", "Deployment"),
    ("v1", "ConfigMap"),
    ("v1", "Service"),
    ("policy/v1", "PodDisruptionBudget"),
    (autoscaler.API_VERSION, autoscaler.KIND),
)
# Kubernetes copies a Service's labels to its EndpointSlices, so ours select them.
LOOKED_AT = (("v1", "Pod"), ("discovery.k8s.io/v1", "EndpointSlice"))
SCALED_OBJECT = (scaled_object.API_VERSION, scaled_object.KIND)
ROUTE = ("gateway.networking.k8s.io/v1", "HTTPRoute")
GATEWAY = ("gateway.networking.k8s.io/v1", "Gateway")


@dataclass(frozen=True)
class Observer:
    """Reads snapshots.

    `namespace` is the only one that the operator may look into, None for all; `guard` is its configuration.
    """

    cluster: Cluster
    clock: Callable[[], datetime]
    namespace: str | None
    guard: GuardSettings = DEFAULTS

    async def look(self, resource: ModelDeployment) -> Observed:
        """Return all that `decide` needs to know about *resource*.

        :raises Unavailable: when the API server does not answer; nothing is known then.
        """
        begun, metadata = self.clock(), resource.metadata
        labels = {
            names.LABEL_MANAGED_BY: names.MANAGED_BY,
            names.LABEL_MODEL_DEPLOYMENT: metadata.name,
        }
        *owned, pods, slices = await asyncio.gather(
            *(self.cluster.list(*kind, metadata.namespace, labels) for kind in OWNED),
            *(self.cluster.list(*kind, metadata.namespace, labels) for kind in LOOKED_AT),
        )
        (routes, gateway_api), (scaled, keda) = await asyncio.gather(
            *(self._optional(kind, metadata.namespace, labels) for kind in (ROUTE, SCALED_OBJECT))
        )
        found = [obj for group in (*owned, routes, scaled) for obj in group]
        observed = Observed(
            resource=resource,
            now=self.clock(),
            begun=begun,
            objects={ref_of(obj): obj for obj in found},
            pods=tuple(pods),
            slices=tuple(slices),
            gateway_api=gateway_api,
            keda=keda,
            guard=self.guard,
        )
        unseen = [ref for ref in needed(observed) if ref not in observed.objects]
        others = await asyncio.gather(*(self.cluster.get(ref) for ref in unseen))
        present = {ref: obj for ref, obj in zip(unseen, others, strict=True) if obj is not None}
        observed = replace(observed, objects={**observed.objects, **present})
        return replace(
            observed,
            claim=await self._claim(observed),
            around=await surroundings(self.cluster, metadata.namespace) if looks_around(observed) else None,
            gateways=await self._gateways(resource) if gateway_api else {},
            other_routes=await self._other_routes(resource) if contested(observed) else (),
        )

    async def _claim(self, observed: Observed) -> Object | None:
        if all(map(is_ready, observed.pods)):
            return None
        metadata, source = observed.resource.metadata, observed.resource.spec.model.source
        name = source.persistent_volume_claim.claim_name
        return await self.cluster.get(Ref("v1", "PersistentVolumeClaim", metadata.namespace, name))

    async def _optional(
        self, kind: tuple[str, str], namespace: str, labels: dict[str, str]
    ) -> tuple[list[Object], bool]:
        """Return the objects of a kind, and whether the cluster knows it."""
        try:
            return await self.cluster.list(*kind, namespace, labels), True
        except KindMissing:
            return [], False

    async def _gateways(self, resource: ModelDeployment) -> dict[tuple[str, str], Object | None]:
        found: dict[tuple[str, str], Object | None] = {}
        for ref in gateway_refs(resource):
            try:
                found[ref.namespace, ref.name] = await self.cluster.get(ref)
            except Refused:
                continue  # A namespaced operator may not look there: the route's status will tell.
        return found

    async def _other_routes(self, resource: ModelDeployment) -> tuple[Object, ...]:
        mine = (resource.metadata.namespace, resource.metadata.name)
        routes = await self.cluster.list(*ROUTE, self.namespace)
        return tuple(
            route for route in routes if (route["metadata"]["namespace"], route["metadata"]["name"]) != mine
        )


def gateway_refs(resource: ModelDeployment) -> list[Ref]:
    """Return the Gateways that the resource asks for."""
    if resource.spec.traffic is None:
        return []
    parents = [parent_ref(resource, given) for given in resource.spec.traffic.parent_refs]
    return [Ref(*GATEWAY, parent["namespace"], parent["name"]) for parent in parents]
