"""What Prometheus gets of a world when it asks."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.samples import Sample

from sluiceway.runtime.exposition import OfOperator, OfResources
from sluiceway.runtime.queue import WorkQueue
from sluiceway.runtime.telemetry import Telemetry
from tests.fakes.world import World


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
