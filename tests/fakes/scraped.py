"""What Prometheus gets of a world when it asks."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.samples import Sample

from sluiceway.runtime.exposition import OfOperator, OfResources
from sluiceway.runtime.queue import WorkQueue
from sluiceway.runtime.telemetry import Telemetry
from tests.fakes.trials import at_its_first_share
from tests.fakes.users import every, live
from tests.fakes.world import World

LABELS = {
    *("namespace", "name", "revision", "source", "objective", "verdict", "outcome"),
    *("type", "status", "reason", "kind", "verb", "code", "provider", "result", "le"),
    *("version", "python_version"),
}
"""All that tell series apart."""


class Watched:
    """A watch that goes on."""

    trouble: str | None = None
    restarts = 2


def scraped(world: World) -> CollectorRegistry:
    """Return all that is told of a *world* that has telemetry: registers it with the first call."""
    telemetry = world.telemetry
    assert telemetry
    registry = CollectorRegistry()
    registry.register(OfResources(world.scenes, world.docket, telemetry.endings))
    registry.register(of_operator(telemetry))
    registry.register(telemetry.registry)
    return registry


def of_operator(telemetry: Telemetry) -> OfOperator:
    """Return what is told of an operator with nothing to do."""
    return OfOperator(telemetry, WorkQueue(), Watched)  # type: ignore[arg-type]


def samples(registry: CollectorRegistry) -> Iterator[Sample]:
    """Yield every sample."""
    for metric in registry.collect():
        yield from metric.samples


def busy() -> World:
    """Return a world in the middle of a rollout whose operator has counted one of everything."""
    telemetry = Telemetry(providers=["prometheus"])
    world, users, _, candidate = at_its_first_share(telemetry=telemetry)
    users.ends[candidate] = every(10)
    live(world, 3)
    telemetry.reconciled("Done", 0.02)
    telemetry.requested("get", "ModelDeployment", "200")
    telemetry.delivered("Pod")
    telemetry.missed("Pod", 1)
    telemetry.read(answered=False)
    telemetry.asked("prometheus", answered=False)
    return world
