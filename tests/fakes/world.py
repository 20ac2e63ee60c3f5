"""A cluster with the operator in it: what is done to it, how it comes to rest, what must hold meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sluiceway.api import names
from sluiceway.api.live import Live
from sluiceway.api.status import ModelDeploymentStatus
from sluiceway.build.objects import Object, Ref, ref_of, revision_of
from sluiceway.core.live import live
from sluiceway.core.memory import Memory, recall
from sluiceway.core.ownership import controller_of
from sluiceway.core.plan import Apply, Delete, Write
from sluiceway.core.state import weights_of
from sluiceway.core.steps import pods_for
from sluiceway.ports import Conflict
from sluiceway.runtime.docket import Docket
from sluiceway.runtime.inquiries import Inquiries
from sluiceway.runtime.keys import Key
from sluiceway.runtime.reconciler import Reconciler
from sluiceway.runtime.scenes import Scenes
from sluiceway.runtime.telemetry import Telemetry
from tests.fakes.bounded import bounds_of, check_carried, check_growth
from tests.fakes.cluster import FakeCluster
from tests.fakes.controllers import Controllers, ready_pods, taken_up
from tests.fakes.guards import FakeGuards
from tests.fakes.loop import run_briefly
from tests.fakes.measuring import Stepwise
from tests.fakes.objects import HOSTNAME, NAME, NAMESPACE, NOW, make_gateway, make_raw
from tests.fakes.providers import FakeSignals
from tests.fakes.routes import reached, selected
from tests.fakes.willing import Willing

MOST_ROUNDS = 300


class World:
    """One namespace with a gateway, the controllers of Kubernetes, and the operator."""

    def __init__(
        self,
        *,
        gateway_api: bool = True,
        keda: bool = True,
        guards: FakeGuards | None = None,
        signals: FakeSignals | None = None,
        telemetry: Telemetry | None = None,
    ) -> None:
        self.telemetry = telemetry
        self.cluster = FakeCluster(gateway_api=gateway_api, keda=keda)
        self.controllers = Controllers(self.cluster)
        self.prober = Willing()
        self.guards = guards or FakeGuards()
        self.signals = signals or FakeSignals()
        self.resource = Ref(names.API_VERSION, names.KIND, NAMESPACE, NAME)
        self._looks = -1
        self._passed = timedelta()
        self._now = NOW
        self._version = self.cluster.version
        self._waited = False
        self._called: set[str] = set()
        self._given: dict[str, int] = {}
        self._woken: list[Key] = []
        self.cluster.put(make_gateway())
        self.cluster.before_write = self.check
        self.restart_operator()

    def restart_operator(self) -> None:
        """Start a new operator, which knows nothing of the last one."""
        self._inquiries = Inquiries(self.prober, lambda _key: None)
        onsets = self.telemetry.onsets if self.telemetry else None
        self._measuring = Stepwise(self.guards, self.signals, self._wake, self._time, onsets)
        self.scenes = Scenes()
        self._reconciler = Reconciler(
            self.cluster,
            self._clock,
            inquiries=self._inquiries,
            measuring=self._measuring,
            scenes=self.scenes,
            telemetry=self.telemetry,
        )

    def apply(self, *, traffic: Object | None = HOSTNAME, **given: Any) -> None:
        """Write the resource as a team does; the arguments are those of `make_raw`."""
        raw = make_raw(traffic=traffic, **given)
        if self.resource in self.cluster.objects:
            self.cluster.edit(self.resource, lambda obj: obj.update(spec=raw["spec"]))
        else:
            self.cluster.put(raw | {"metadata": {"name": NAME, "namespace": NAMESPACE}})

    def command(self, **given: str) -> None:
        """Give commands as `kubectl annotate` does, such as `abort="fraud-1a2b3/1/1"`."""
        annotations = {f"{names.GROUP}/{name}": value for name, value in given.items()}

        def annotate(obj: Object) -> None:
            obj["metadata"]["annotations"] = obj["metadata"].get("annotations", {}) | annotations

        self.cluster.edit(self.resource, annotate)

    def reconcile(self) -> float | None:
        """Let the operator do one pass; a conflict makes it look again, as the queue would."""
        self._version = self.cluster.version
        for _ in range(MOST_ROUNDS):
            try:
                return run_briefly(self._pass())
            except Conflict:
                continue
        raise AssertionError("the operator runs into one conflict after the other")

    async def _pass(self) -> float | None:
        again = await self._look()
        answered = await self._inquiries.settle()
        self._woken.clear()
        await self._measuring.round()
        if self._woken:
            again = await self._look()
        return 0.0 if answered else again

    async def _look(self) -> float | None:
        self._looks += 1
        return await self._reconciler.reconcile((NAMESPACE, NAME))

    def rounds(self) -> Iterator[None]:
        """Let everybody take turns until nothing changes any more; stop after each pass of the operator."""
        self._waited = False
        for _ in range(MOST_ROUNDS):
            again = self.reconcile()
            yield
            if not self.others(again):
                return
        raise AssertionError(f"nothing came to rest: {self.cluster.requests[-10:]}")

    def others(self, again: float | None) -> bool:
        """Let everybody but the operator take a turn; tell whether anything is left to do.

        When nothing changed since its last pass began, the *again* seconds that it wanted to wait pass, once.
        """
        for step in self.controllers.steps.values():
            step()
        if self.cluster.version != self._version:
            self._waited = False
        elif again is None or self._waited:
            return False
        else:
            self.let_pass(again)
            self._waited = True
        return True

    def let_pass(self, seconds: float) -> None:
        """Let time pass in which nothing else happens."""
        self._passed += timedelta(seconds=seconds)

    def settle(self) -> None:
        """Let everybody do what they do until nothing changes any more, however long that takes."""
        for _ in self.rounds():
            pass

    def figures(self) -> Live | None:
        """Return what the operator tells of the resource now; None when it knows nothing of it."""
        key = (NAMESPACE, NAME)
        scene = self.scenes.get(key)
        return live(*key, scene, self.docket.judged(key), self._now) if scene else None

    @property
    def docket(self) -> Docket:
        """Who is judged, and what is known of them."""
        return self._measuring.docket

    def check(self, write: Write) -> None:
        """Check, before a write, what callers rely on: they are led to enough pods that answer.

        And what users and Git rely on: what they wrote is theirs.
        """
        assert write.ref.kind != names.KIND, f"{write} touches what Git owns"
        match write:
            case Apply(obj=obj) if obj["kind"] == "HTTPRoute":
                for rule in obj["spec"]["rules"]:
                    assert sum(backend["weight"] for backend in rule["backendRefs"]) == 100
                    for backend in rule["backendRefs"]:
                        assert backend["name"] in self.cluster.of_kind("Service"), f"no {backend['name']}"
                self._check_places(obj)
                now = self.weights
                for name, weight in weights_of(obj).items():
                    if weight > now.get(name, 0):
                        self._check_share(name, weight)
            case Apply(obj=obj) if obj["kind"] == "Service" and not revision_of(obj):
                name = selected(obj)
                if name != self.reached and self.weights.get(name, 0) < (50 if self._bounds else 100):
                    self._check_share(name, 100)
            case Apply(obj=obj) if obj["kind"] == "Deployment":
                self._check_pods(obj)
            case Delete(ref=ref) if ref.kind in ("Deployment", "Service") and ref in self.cluster.objects:
                revision = revision_of(self.cluster.objects[ref])
                assert revision not in {self.reached, *self.routed}, f"callers are still led to {revision}"
                assert ref.kind == "Service" or self._bounds or revision not in self._whole, (
                    f"{revision} is to stay warm"
                )

    def _check_places(self, route: Object) -> None:
        """Check that who may still get requests keeps a rule: a data plane forgets a backend without one.

        And that who gets requests has one already: a data plane takes a moment to learn of a backend.
        """
        live = self.cluster.of_kind("HTTPRoute").get(NAME)
        if live is not None:
            unknown = {name for name, weight in weights_of(route).items() if weight} - reached(live)
            assert not unknown, f"{unknown} gets a share, and the gateway has no backend for it yet"
        if live is not None and taken_up(self.cluster, live):
            self._called.clear()
            self._given = {}
        self._called |= self.routed
        for name, weight in self.weights.items():
            self._given[name] = max(weight, self._given.get(name, 0))
        lost = self._called - reached(route)
        assert not lost, f"{lost} may still get requests and loses its place"

    def _check_pods(self, deployment: Object) -> None:
        name, asked = revision_of(deployment), deployment["spec"]["replicas"]
        live = self.cluster.of_kind("Deployment").get(name, {"spec": {}})["spec"].get("replicas", 0)
        if (bounds := self._bounds) and self.memory.stable:
            check_growth(self.cluster, deployment, bounds[0])
            if asked < live:
                check_carried(name, self._share(name), asked, bounds[1])
        elif self._autoscaled:
            assert asked >= live, f"{asked} pods for {name} where its autoscaler wants {live}"
        elif name in self._whole:
            assert asked >= self._replicas, f"{asked} pods for {name}, which may need {self._replicas}"

    def _share(self, name: str) -> int:
        """Return the most requests, in percent, that a revision may get now: a gateway follows the route."""
        route = self.cluster.of_kind("HTTPRoute").get(NAME)
        given = {} if route is None or taken_up(self.cluster, route) else self._given
        return max(self.weights.get(name, 0), given.get(name, 0))

    def _check_share(self, name: str, weight: int) -> None:
        memory, ready = self.memory, ready_pods(self.cluster, name)
        if (bounds := self._bounds) and memory.stable:
            if any(ready_pods(self.cluster, each) for each in self.weights if each != name):
                check_carried(name, weight, ready, bounds[1])
        elif name in (memory.stable, memory.previous) or not memory.stable:
            answers = bool(memory.candidate) and ready_pods(self.cluster, memory.candidate) > 0
            assert ready or not answers, f"{name} gets its share back and has no pod"
        else:
            needed = max(1, pods_for(weight, self._replicas))
            assert ready >= needed, f"{weight} % for {name} too early: {ready} of {needed} pods answer"

    @property
    def _replicas(self) -> int:
        spec = self.cluster.objects[self.resource]["spec"]
        if self._autoscaled:
            return min(self.memory.carried, int(spec["autoscaling"]["maxReplicas"]))
        return int(spec["replicas"])

    @property
    def _autoscaled(self) -> bool:
        return "autoscaling" in self.cluster.objects[self.resource]["spec"]

    @property
    def _bounds(self) -> tuple[int, int] | None:
        return bounds_of(self.cluster.objects[self.resource]["spec"])

    @property
    def _whole(self) -> set[str]:
        """The revisions that must be able to carry all requests at any moment."""
        return {self.memory.stable, self.memory.previous} - {""}

    @property
    def memory(self) -> Memory:
        """What is remembered of the rollouts."""
        kinds = (self.cluster.of_kind(kind).get(NAME) for kind in ("HTTPRoute", "Service"))
        return recall(kinds, self.reached)

    @property
    def weights(self) -> dict[str, int]:
        """The share that the route gives every revision."""
        return weights_of(self.cluster.of_kind("HTTPRoute").get(NAME))

    @property
    def reached(self) -> str:
        """The revision to which Service `<name>` leads, "" without one."""
        service = self.cluster.of_kind("Service").get(NAME)
        return selected(service)

    @property
    def routed(self) -> set[str]:
        """The revisions to which the route leads."""
        return {name for name, weight in self.weights.items() if weight}

    @property
    def status(self) -> ModelDeploymentStatus:
        """The status of the resource as it is now."""
        return ModelDeploymentStatus.model_validate(self.cluster.objects[self.resource]["status"])

    def condition(self, kind: str) -> tuple[str, str]:
        """Return status and reason of a condition."""
        return next((found.status, found.reason) for found in self.status.conditions if found.type == kind)

    def message(self, kind: str) -> str:
        """Return the message of a condition."""
        return next(found.message for found in self.status.conditions if found.type == kind)

    def shape(self) -> dict[str, Any]:
        """Return everything that can be seen of the end of a story, and nothing of how it came about."""
        found: dict[str, Any] = {}
        for ref, obj in sorted(self.cluster.objects.items()):
            if ref.kind == "Pod":
                pods = f"pods of {revision_of(obj)}"
                found[pods] = [*found.get(pods, []), obj["status"]["conditions"]]
            else:
                content = {key: obj.get(key) for key in ("spec", "data", "revision")}
                found[str(ref)] = content | {"owner": controller_of(obj).get("name")}
        status = self.status.to_dict()
        for condition in status["conditions"]:
            del condition["lastTransitionTime"], condition["observedGeneration"]
        status["history"] = [
            {
                key: value
                for key, value in entry.items()
                if key not in ("servedFrom", "servedUntil", "endedAt")
            }
            for entry in status["history"]
        ]
        return found | {
            "status": {key: value for key, value in status.items() if key != "observedGeneration"}
        }

    @property
    def now(self) -> datetime:
        """The time of the operator's last look."""
        return self._now

    # Methods and no lambdas: a copy of the world has its own.
    def _wake(self, key: Key) -> None:
        self._woken.append(key)

    def _time(self) -> datetime:
        return self._now

    def _clock(self) -> datetime:
        """Return the time: a second has passed since the last look."""
        self._now = NOW + self._passed + timedelta(seconds=self._looks)
        return self._now


def find(world: World, kind: str, name: str = NAME) -> Ref:
    """Return the address of an object that must be there."""
    return ref_of(world.cluster.of_kind(kind)[name])
