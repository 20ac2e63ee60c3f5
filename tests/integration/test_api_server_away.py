"""The API server is killed and comes back while a revision is being started.

On one of its own: controllers find theirs again in up to half a minute, each for itself, and a garbage
collector that has not seen a Deployment yet does not make an orphan of it, but deletes it later.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.cluster.control_plane import ControlPlane
from tests.integration.definitions import define_ours
from tests.integration.revisions import candidate, serve
from tests.support.cluster_view import View, model_deployment
from tests.support.operator_process import OperatorProcess

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def control_plane() -> Iterator[ControlPlane]:
    with ControlPlane(controllers=True) as plane:
        define_ours(plane)
        yield plane


def test_api_server_away_and_back_in_the_middle(
    view: View, control_plane: ControlPlane, tmp_path: Path
) -> None:
    with OperatorProcess(control_plane.kubeconfig, tmp_path / "operator.log") as operator:
        view.apply(model_deployment("fraud"))
        candidate(view, "fraud")
        control_plane.restart_apiserver(kill=True)
        serve(view, "fraud")
        view.wait_ready("fraud")
        assert operator.running
