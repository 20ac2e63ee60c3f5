"""One API server for the tests of the API, and a namespace of its own for each test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.cluster.control_plane import ControlPlane
from tests.integration.definitions import define_gateway_api, define_ours
from tests.support.cluster_view import View, own_namespace
from tests.support.relay import Relay


@pytest.fixture(scope="session")
def control_plane() -> Iterator[ControlPlane]:
    """An API server that knows ModelDeployment; no controller runs. Modules may have another one."""
    with ControlPlane() as plane:
        define_ours(plane)
        yield plane


@pytest.fixture(scope="session")
def controlled() -> Iterator[ControlPlane]:
    """An API server with controllers, which knows ModelDeployment and the Gateway API."""
    with ControlPlane(controllers=True) as plane:
        define_ours(plane)
        define_gateway_api(plane)
        yield plane


@pytest.fixture
def view(control_plane: ControlPlane) -> Iterator[View]:
    """A namespace of its own for one test, on the module's API server."""
    with own_namespace(control_plane) as found:
        yield found


@pytest.fixture
def relay(control_plane: ControlPlane, tmp_path: Path) -> Iterator[Relay]:
    """Stands between the operator and the module's API server."""
    with Relay(control_plane.kubeconfig, tmp_path) as found:
        yield found
