"""One API server for the tests of the API."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.cluster.control_plane import ControlPlane
from tests.support.cluster_view import View

CRDS = str(Path(__file__).parents[2] / "crds")


@pytest.fixture(scope="session")
def control_plane() -> Iterator[ControlPlane]:
    """An API server that knows ModelDeployment; no controller runs."""
    with ControlPlane() as plane:
        plane.kubectl("apply", "--server-side", "-f", CRDS)
        plane.kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s")
        yield plane


@pytest.fixture
def view(control_plane: ControlPlane) -> Iterator[View]:
    """A namespace of its own for one test."""
    name = f"test-{uuid.uuid4().hex[:8]}"
    control_plane.kubectl("create", "namespace", name)
    yield View(control_plane, name)
    control_plane.kubectl("delete", "namespace", name, "--wait=false")
