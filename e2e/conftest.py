"""A cluster for the end-to-end tests of a process: gateway, operator from its chart, a claim with models."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from e2e import ailing, scenario, trial
from e2e.client import Example
from e2e.cluster.box import Box
from e2e.stage import Stage, ephemeral, equip, operate
from e2e.trained import put_fraud
from tests.support.cluster_view import View, own_namespace

NAME = "e2e"
BOX = "-".join(filter(None, (NAME, os.environ.get("PYTEST_XDIST_WORKER"))))
"""Of our own, each worker of `make e2e` has one."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where KUBECONFIG names a cluster, leave out what is about our own."""
    if scenario.OWN:
        skip = pytest.mark.skip(reason="is about the one-machine cluster, and KUBECONFIG names another")
        for item in items:
            if item.get_closest_marker("box"):
                item.add_marker(skip)


@pytest.fixture(scope="session")
def bare() -> Iterator[Stage]:
    """Our own cluster with images and gateway, on which nobody has installed the operator."""
    with Box(BOX) as box:
        yield equip(box)


@pytest.fixture(scope="session")
def stage(request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A cluster with the operator: our own or, with KUBECONFIG, the user's."""
    if scenario.OWN:
        with ephemeral(NAME) as furnished:
            yield furnished
    else:
        yield operate(request.getfixturevalue("bare"))


@pytest.fixture
def view(stage: Stage) -> Iterator[View]:
    """A namespace of its own for each test, with the claim `models`."""
    with place(stage) as found:
        yield found


@contextmanager
def place(stage: Stage) -> Iterator[View]:
    """Give a new namespace with the claim `models` for one block."""
    with own_namespace(stage.cluster) as found:
        # The strictest of Kubernetes' Pod Security levels: what is rendered must run under it.
        level = "pod-security.kubernetes.io/enforce=restricted"
        stage.cluster.kubectl("label", "namespace", found.namespace, level, f"{trial.LABEL}={NAME}")
        found.apply(*stage.claim(found.namespace, "models"))
        yield found


@pytest.fixture
def example(view: View) -> Example:
    """A model at `fraud/1` on the claim that is quick to load: inputs and the outputs that they must give."""
    return ailing.well(view, "fraud/1")["fraud/1"]


@pytest.fixture
def torch_example(view: View) -> Example:
    """The torch model at `fraud/1` on the claim: inputs and the outputs that they must give."""
    return put_fraud(view, "fraud/1")
