"""The facts that every rule starts from, derived once from what was observed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sluiceway.api import names
from sluiceway.build.objects import Object, label_of, revision_of
from sluiceway.core import revision as revisions
from sluiceway.core.observed import Observed
from sluiceway.core.pods import is_ready
from sluiceway.core.revision import Revision

_SERVICE_OF_SLICE = "kubernetes.io/service-name"


@dataclass(frozen=True)
class State:
    """Observed, read in the words of the design: revisions, who serves, how many pods answer."""

    observed: Observed

    @cached_property
    def recorded(self) -> list[Revision]:
        """The revisions on record, oldest first."""
        return revisions.recorded(self.observed.of_kind("ControllerRevision"))

    @cached_property
    def wanted(self) -> Revision:
        """The revision that the spec asks for."""
        return revisions.wanted(self.observed.resource, self.recorded)

    @cached_property
    def holder(self) -> str:
        """The revision that callers in the cluster reach now, by Service `<name>`; "" when none.

        Should the Service be gone, the route tells; should both be gone, the status does.
        """
        owner = self.observed.resource
        service = self._shared("Service")
        if service:
            return str((service["spec"].get("selector") or {}).get(names.LABEL_REVISION, ""))
        if routed := self.routed:
            return max(routed, key=lambda name: routed[name])
        return owner.status.serving or ""

    @cached_property
    def routed(self) -> dict[str, int]:
        """The weights that the route gives now, by revision; {} without a route."""
        return weights_of(self.route)

    @property
    def route(self) -> Object | None:
        """The resource's own HTTPRoute."""
        return self._shared("HTTPRoute")

    @cached_property
    def serving(self) -> Revision | None:
        """The revision that callers are to reach once this pass is carried out.

        The wanted one takes over when it can carry everything; the one that serves stays until then.
        """
        if self.can_take_over(self.wanted):
            return self.wanted
        return next((revision for revision in self.recorded if revision.name == self.holder), None)

    def can_take_over(self, revision: Revision) -> bool:
        """Tell whether enough pods answer: one for the first revision ever, all that are wanted later."""
        replicas = self.observed.resource.spec.replicas
        ready = min(self.ready_pods(revision.name), self.reachable_pods(revision.name))
        if self.holder in ("", revision.name):
            return ready >= min(1, replicas)
        return ready >= replicas

    def ready_pods(self, name: str) -> int:
        """Return how many pods of a revision answer."""
        return sum(is_ready(pod) for pod in self.observed.pods_of(name))

    def reachable_pods(self, name: str) -> int:
        """Return how many pods of a revision gateways and kube-proxy know to be ready.

        Its Service's EndpointSlices follow the pods by some 100 ms. Traffic that is moved in between
        finds nobody: Envoy then answers 503.
        """
        return sum(
            (endpoint.get("conditions") or {}).get("ready", True) is not False
            for found in self.observed.slices
            if label_of(found, _SERVICE_OF_SLICE) == name
            for endpoint in found.get("endpoints") or []
        )

    def deployment(self, name: str) -> Object | None:
        """Return the live Deployment of a revision."""
        return next(
            (found for found in self.observed.of_kind("Deployment") if revision_of(found) == name), None
        )

    def _shared(self, kind: str) -> Object | None:
        name = self.observed.resource.metadata.name
        return next(
            (found for found in self.observed.of_kind(kind) if found["metadata"]["name"] == name), None
        )


def weights_of(route: Object | None) -> dict[str, int]:
    """Return the weights of a route's first rule, by revision."""
    rules = ((route or {}).get("spec") or {}).get("rules") or [{}]
    return {backend["name"]: backend.get("weight", 1) for backend in rules[0].get("backendRefs") or []}
