"""An operator that knows a provider of metrics: a real Prometheus that reads the gateway."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from e2e import scenario
from e2e.cluster.box import Box
from e2e.prometheus import Prometheus
from e2e.scraping import gateway
from e2e.stage import Stage

PROVIDER = "prometheus"


@contextmanager
def provided(stage: Stage, *, seconds: float = 1, asked: float = 1) -> Iterator[Prometheus]:
    """Name the provider in the operator's configuration for one block.

    It reads every so many *seconds* and is *asked* every so many.
    """
    assert isinstance(stage.cluster, Box)
    with Prometheus(stage.cluster, [gateway(stage.cluster)], seconds=seconds) as running:
        known = {
            "name": PROVIDER,
            "address": running.address,
            "intervalSeconds": f"{asked:g}",
            "scrapeSeconds": f"{seconds:g}",
        }
        settings = [f"providers[0].{key}={value}" for key, value in known.items()]
        scenario.install_operator(stage.cluster, stage.operator_image, *settings)
        yield running
    scenario.install_operator(stage.cluster, stage.operator_image)
