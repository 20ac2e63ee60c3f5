"""The facts that every rule starts from, derived once from what was observed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sluiceway.api import names
from sluiceway.api.reasons import REFUSING, Reason
from sluiceway.api.resource import ModelDeployment
from sluiceway.api.rollout import Step
from sluiceway.build.autoscaler import KIND as AUTOSCALER
from sluiceway.build.objects import Object, label_of, revision_of
from sluiceway.build.scaled_object import KIND as SCALED_OBJECT
from sluiceway.core import commands, traffic
from sluiceway.core import revision as revisions
from sluiceway.core.finding import Finding
from sluiceway.core.memory import Memory, Outcome, annotation, is_verified, outcome_of, recall, signature_of
from sluiceway.core.observed import Observed
from sluiceway.core.pods import is_ready
from sluiceway.core.revision import Revision
from sluiceway.core.room import Room, room
from sluiceway.core.signature import Signature
from sluiceway.core.steps import steps
from sluiceway.core.verification import signature_changed
from sluiceway.core.window import within

_SERVICE_OF_SLICE = "kubernetes.io/service-name"


@dataclass(frozen=True)
class State:
    """Observed, read in the words of the design: revisions, who serves, how many pods answer."""

    observed: Observed

    @property
    def owner(self) -> ModelDeployment:
        """The resource itself."""
        return self.observed.resource

    @cached_property
    def now(self) -> datetime:
        """The time of the look, in whole seconds, as it is remembered."""
        return self.observed.now.replace(microsecond=0)

    @cached_property
    def recorded(self) -> list[Revision]:
        """The revisions on record, oldest first."""
        return revisions.recorded(self.observed.of_kind("ControllerRevision"))

    @cached_property
    def wanted(self) -> Revision:
        """The revision that the spec asks for."""
        return revisions.wanted(self.owner, self.recorded, self.observed.guard)

    @cached_property
    def memory(self) -> Memory:
        """What is remembered of the rollouts so far."""
        return recall((self.route, self.service), self._last_served)

    @cached_property
    def obstacle(self) -> Finding | None:
        """What forbids that the route is written."""
        return traffic.obstacle(self.observed)

    @property
    def weighted(self) -> bool:
        """Whether a gateway can give shares of the requests: by a route that may be written, or is ours."""
        asked_for = self.owner.spec.traffic is not None
        return asked_for and (self.obstacle is None or self.route is not None)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The steps before a revision takes over; none when it does so by one switch."""
        return () if self.returning else self._steps

    @cached_property
    def returning(self) -> Outcome | None:
        """When the wanted revision served, if that was lately enough to leave out its steps."""
        window, name, stable = self.owner.spec.rollout.rollback_window, self.wanted.name, self.memory.stable
        if window is None or not stable or name == stable or not self._steps:
            return None
        others = (self.outcome(known.name) for known in self.recorded if known.name != stable)
        return within(filter(None, others), window.revisions, name)

    @property
    def _steps(self) -> tuple[Step, ...]:
        return steps(self.owner.spec, weighted=self.weighted)

    @cached_property
    def accepted(self) -> bool:
        """Whether every gateway serves the route as it is now; without one, whether there is to be none."""
        if self.route is None:
            return not self.weighted
        return self._gateway.reason in (Reason.ROUTE_ACCEPTED, Reason.NO_GATEWAY)

    @property
    def settled(self) -> bool:
        """Whether the gateway is not about to take up the route: it has, or it refuses, or there is none."""
        return self.route is None or self._gateway.reason is not Reason.ROUTE_PENDING

    @cached_property
    def _gateway(self) -> Finding:
        return traffic.judge(self.observed, self.route, moves=False)

    @property
    def selected(self) -> str:
        """The revision that Service `<name>` leads to now; "" without one."""
        selector = ((self.service or {}).get("spec") or {}).get("selector") or {}
        return str(selector.get(names.LABEL_REVISION, ""))

    @cached_property
    def routed(self) -> dict[str, int]:
        """The weights that the route gives now, by revision, in the order of their places."""
        return weights_of(self.route)

    @cached_property
    def route(self) -> Object | None:
        """The resource's own HTTPRoute."""
        return self._shared("HTTPRoute")

    @cached_property
    def service(self) -> Object | None:
        """Service `<name>`."""
        return self._shared("Service")

    def revision(self, name: str) -> Revision | None:
        """Return a revision by its name, the wanted one included."""
        known = (self.wanted, *self.recorded)
        return next((revision for revision in known if revision.name == name), None)

    def answering(self, name: str) -> int:
        """Return how many pods of a revision answer and are known to those who send requests."""
        return min(self.ready_pods(name), self.reachable_pods(name))

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

    def fit(self, name: str) -> bool:
        """Tell whether the wanted revision *name* may get requests: it gave its golden answers, keeps what
        callers rely on, and has pods that answer.
        """
        return self.verified(name) and not self.signature_trouble and self.answering(name) > 0

    def deployment(self, name: str) -> Object | None:
        """Return the live Deployment of a revision."""
        return self._of_revision("Deployment", name)

    def autoscaler(self, name: str) -> Object | None:
        """Return the live HorizontalPodAutoscaler of a revision, be it KEDA's."""
        return self._of_revision(AUTOSCALER, name)

    def scaled_object(self, name: str) -> Object | None:
        """Return the live ScaledObject of a revision."""
        return self._of_revision(SCALED_OBJECT, name)

    @cached_property
    def room(self) -> Room | None:
        """What room there is for more pods of the wanted revision, where that was looked at."""
        around = self.observed.around
        return room(self.wanted.template, around) if around else None

    def outcome(self, name: str, memory: Memory | None = None) -> Outcome | None:
        """Return how the last attempt of a revision ended, as *memory* knows it; None when none ever did."""
        remembered = (memory or self.memory).outcomes
        known = next((outcome for outcome in reversed(remembered) if outcome.revision == name), None)
        on_record = self._on_record.get(name)
        if known and on_record and on_record.attempt > known.attempt:
            return on_record
        return known or on_record

    @property
    def ended(self) -> tuple[Outcome, ...]:
        """How attempts ended: what is on record, and what is remembered until it is."""
        return (*self._on_record.values(), *self.memory.outcomes)

    def is_on_record(self, outcome: Outcome) -> bool:
        """Tell whether the ControllerRevision of its revision says the same, or the record is gone."""
        return self._on_record.get(outcome.revision) == outcome or not self.revision(outcome.revision)

    def verified(self, name: str) -> bool:
        """Tell whether a revision has given its golden answers, as its record says."""
        return any(
            record["metadata"]["name"] == name and is_verified(record)
            for record in self.observed.of_kind("ControllerRevision")
        )

    @cached_property
    def signature_trouble(self) -> Finding | None:
        """What of the wanted revision's inputs and outputs breaks callers of the one that serves."""
        return self.signature_trouble_of(self.wanted.name)

    def signature_trouble_of(self, name: str) -> Finding | None:
        """Return what of a revision's inputs and outputs breaks callers of the one that serves."""
        if self.owner.spec.rollout.allow_signature_change:
            return None
        return signature_changed(self.signature(name), self.signature(self.memory.stable))

    def signature(self, name: str) -> Signature | None:
        """Return the signature that a revision's record holds."""
        return self._signatures.get(name)

    def kept(self, name: str) -> str:
        """Return what is on record of a revision's judgement."""
        return next(
            (
                annotation(record, names.ANNOTATION_JUDGEMENT)
                for record in self.observed.of_kind("ControllerRevision")
                if record["metadata"]["name"] == name
            ),
            "",
        )

    def refusal(self, name: str, memory: Memory | None = None) -> Outcome | None:
        """Return why a revision is not tried again, as *memory* knows it; None when it may be."""
        memory = memory or self.memory
        outcome = self.outcome(name, memory)
        if outcome is None or outcome.reason not in REFUSING:
            return None
        if memory.candidate == name:
            return outcome if memory.attempt <= outcome.attempt else None
        return None if commands.retried(self.owner, outcome) else outcome

    def next_attempt(self, name: str) -> int:
        """Return the number of the next attempt of a revision, from 1."""
        return self.attempts(name) + 1

    def attempts(self, name: str) -> int:
        """Return how many attempts of a revision have ended, or led to its serving."""
        outcome = self.outcome(name)
        return outcome.attempt if outcome else 0

    @cached_property
    def _on_record(self) -> dict[str, Outcome]:
        found = map(outcome_of, self.observed.of_kind("ControllerRevision"))
        return {outcome.revision: outcome for outcome in found if outcome}

    @cached_property
    def _signatures(self) -> dict[str, Signature]:
        records = self.observed.of_kind("ControllerRevision")
        found = {record["metadata"]["name"]: signature_of(record) for record in records}
        return {name: signature for name, signature in found.items() if signature}

    @property
    def _last_served(self) -> str:
        """Who serves, should nothing be remembered: Service, route, status, records tell."""
        told = (Reason.SERVING, Reason.SERVED)
        served = [outcome for outcome in self._on_record.values() if outcome.reason in told]
        # That of who does not serve any more may be on record before that of who does.
        last = max(served, key=lambda each: (each.reason == Reason.SERVING, str(each.at)), default=None)
        most = max(self.routed, key=lambda name: self.routed[name], default="")
        return self.selected or most or self.owner.status.serving or (last.revision if last else "")

    def _of_revision(self, kind: str, name: str) -> Object | None:
        return next((found for found in self.observed.of_kind(kind) if revision_of(found) == name), None)

    def _shared(self, kind: str) -> Object | None:
        name = self.owner.metadata.name
        return next(
            (found for found in self.observed.of_kind(kind) if found["metadata"]["name"] == name), None
        )


def weights_of(route: Object | None) -> dict[str, int]:
    """Return the weights of a route's first rule, by revision."""
    rules = ((route or {}).get("spec") or {}).get("rules") or [{}]
    return {backend["name"]: backend.get("weight", 1) for backend in rules[0].get("backendRefs") or []}
