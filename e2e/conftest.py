"""One cluster for all end-to-end tests: gateway, operator from its chart, a volume with a torch model."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from e2e import scenario
from e2e.client import Example
from e2e.stage import Stage, ephemeral
from tests.support.cluster_view import View, own_namespace


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    with ephemeral("e2e") as furnished:
        yield furnished


@pytest.fixture
def view(stage: Stage) -> Iterator[View]:
    """A namespace of its own for each test, with the claim `models`."""
    with own_namespace(stage.cluster) as found:
        # The strictest of Kubernetes' Pod Security levels: what is rendered must run under it.
        level = "pod-security.kubernetes.io/enforce=restricted"
        stage.cluster.kubectl("label", "namespace", found.namespace, level)
        found.apply(*stage.claim(found.namespace, "models"))
        yield found


@pytest.fixture
def example(view: View) -> Example:
    """The torch model at `fraud/1` on the claim, with inputs and the outputs that they must give."""
    return scenario.export_fraud(view, "fraud/1")
