"""One cluster for all end-to-end tests: gateway, operator from its chart, a volume with a torch model."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from e2e import scenario
from e2e.client import Caller, Example
from e2e.cluster import addons
from e2e.cluster.target import target
from tests.support.cluster_view import View


@dataclass(frozen=True)
class Stage:
    """A running cluster, and the address of its gateway."""

    cluster: Any
    address: str

    def caller(self, name: str) -> Caller:
        """Return somebody who calls the model of ModelDeployment *name* through the gateway."""
        return Caller(self.address, f"{name}.example.com", name)


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    with target("e2e") as cluster:
        cluster.load_images("operator", "triton-cpu", *addons.IMAGES)
        address = addons.install(cluster)
        scenario.install_operator(cluster)
        yield Stage(cluster, address)


@pytest.fixture
def view(stage: Stage) -> Iterator[View]:
    """A namespace of its own for each test, with the claim `models`."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    stage.cluster.kubectl("create", "namespace", name)
    # The strictest of Kubernetes' Pod Security levels: what is rendered must run under it.
    stage.cluster.kubectl("label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")
    found = View(stage.cluster, name)
    found.apply(*stage.cluster.model_volume(name, "models"))
    yield found
    stage.cluster.kubectl("delete", "namespace", name, "--wait=true", "--timeout=120s")


@pytest.fixture
def example(view: View) -> Example:
    """The torch model at `fraud/1` on the claim, with inputs and the outputs that they must give."""
    return scenario.export_fraud(view, "fraud/1")
