"""What people do: ask for things, give commands, and now and then lay hands on what is not theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sluiceway.api import names
from sluiceway.build.objects import Object, Ref, ref_of
from sluiceway.core.memory import Memory
from tests.fakes.objects import HOSTNAME, NAME, NAMESPACE
from tests.simulation.probing import GOLDEN
from tests.simulation.simulation import Simulation

ROUTE = Ref("gateway.networking.k8s.io/v1", "HTTPRoute", NAMESPACE, NAME)


class People:
    """A team, and everybody else with rights in the namespace. `asked` is what the spec says."""

    def __init__(self, simulation: Simulation, **asked: Any) -> None:
        self._simulation = simulation
        self._cluster = simulation.cluster
        self.asked: dict[str, Any] = {
            "replicas": 2,
            "model": GOLDEN,
            "traffic": HOSTNAME,
            "runtime": {"image": "triton:1"},
        } | asked
        self.ask()

    def ask(self, **given: Any) -> None:
        """Write the spec; nobody can while the resource is being deleted."""
        self.asked |= given
        resource = self._simulation.resource
        if resource is None or "deletionTimestamp" not in resource["metadata"]:
            with self._simulation.judge.acting("people"):
                self._simulation.world.apply(**self.asked)

    @property
    def memory(self) -> Memory:
        """What the rollout's annotation tells them."""
        return self._simulation.world.memory

    def command(self, command: str, *, revision: str = "", attempt: int = 0, step: int = 0) -> None:
        """Give a command to the candidate, or to who serves; the numbers are added to the right ones."""
        memory, history = self.memory, self._simulation.history
        name = revision or memory.candidate or memory.stable
        current = memory.attempt if name == memory.candidate else history.attempts.get(name, 0)
        self.annotate(command, f"{name}/{max(current + attempt, 0)}/{max(memory.step + step, 0)}")

    def annotate(self, command: str, text: str) -> None:
        """Give a command in these words; take it back with none."""

        def change(resource: Object) -> None:
            annotations = dict(resource["metadata"].get("annotations") or {})
            annotations.pop(f"{names.GROUP}/{command}", None)
            said = {f"{names.GROUP}/{command}": text} if text else {}
            resource["metadata"]["annotations"] = annotations | said

        self._edit(self._simulation.world.resource, change)

    def delete(self, kind: str, which: int = 0) -> None:
        """Delete an object that is not theirs."""
        if found := list(self._cluster.of_kind(kind).values()):
            with self._simulation.judge.acting("people"):
                self._cluster.remove(ref_of(found[which % len(found)]))

    def edit_weights(self, first: int) -> None:
        """Give the first backend of the route this many percent, the last one the rest."""
        self._edit(ROUTE, lambda route: _split(route, first))

    def delete_status(self) -> None:
        """Remove the status."""
        self._edit(self._simulation.world.resource, lambda resource: resource.pop("status", None))

    def delete_resource(self) -> None:
        """Delete the ModelDeployment, which finalizers of others keep for a while, or ask for it again."""

        def change(resource: Object) -> None:
            resource["metadata"]["deletionTimestamp"] = "2026-07-30T03:00:00Z"

        resource = self._simulation.resource
        if resource is None:
            self.ask()
        elif "deletionTimestamp" in resource["metadata"]:
            self._cluster.remove(self._simulation.world.resource)
        else:
            self._edit(self._simulation.world.resource, change)

    def _edit(self, ref: Ref, change: Callable[[Object], object]) -> None:
        if ref in self._cluster.objects:
            with self._simulation.judge.acting("people"):
                self._cluster.edit(ref, change)


def _split(route: Object, first: int) -> None:
    for rule in route["spec"]["rules"]:
        backends = rule["backendRefs"]
        for backend in backends:
            backend["weight"] = 0
        backends[0]["weight"] = first
        backends[-1]["weight"] += 100 - first
