"""What a cluster may lack, the Gateway API and KEDA, is told; when it appears, it is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from e2e.cluster.control_plane import ControlPlane
from e2e.cluster.progress import ClusterError
from tests.integration.definitions import define_gateway_api, define_keda, define_ours
from tests.integration.refused_autoscaling import by
from tests.integration.revisions import TRAFFIC, candidate, serve
from tests.integration.test_autoscaling import CPU, RUNTIME
from tests.support.cluster_view import View, model_deployment
from tests.support.operator_process import OperatorProcess
from tests.support.poll import eventually

pytestmark = pytest.mark.integration


def test_gateway_api_missing_is_told_and_taken_up_when_it_appears(tmp_path: Path) -> None:
    with ControlPlane(controllers=True) as plane:
        define_ours(plane)
        view = View(plane, "default")
        with OperatorProcess(plane.kubeconfig, tmp_path / "operator.log") as operator:
            view.apply(model_deployment("fraud", traffic=TRAFFIC))
            revision = candidate(view, "fraud")
            view.pods_serve(revision)
            condition = eventually(
                "told", lambda: view.says("fraud", "TrafficReady", "False", "GatewayAPIMissing")
            )
            assert "install a gateway, or remove spec.traffic" in condition["message"]
            eventually("it serves inside", lambda: view.says("fraud", "Available", "True", "Serving"))
            define_gateway_api(plane)
            eventually("the route is written", lambda: _route(view), seconds=60)
            view.kubectl("delete", "httproute", "fraud")
            eventually("it is watched by now", lambda: _route(view), seconds=10)
            assert operator.running


def test_keda_missing_is_told_and_taken_up_when_it_appears(tmp_path: Path) -> None:
    with ControlPlane(controllers=True) as plane:
        define_ours(plane)
        view = View(plane, "default")
        with OperatorProcess(plane.kubeconfig, tmp_path / "operator.log") as operator:
            autoscaling = by(CPU, minReplicas=2) | {"class": "ScaledObject"}
            view.apply(model_deployment("fraud", runtime=RUNTIME, autoscaling=autoscaling))
            revision = serve(view, "fraud")
            eventually("told", lambda: view.says("fraud", "AutoscalingReady", "False", "KEDAMissing"))
            assert view.says("fraud", "Available", "True", "Serving")
            define_keda(plane)
            eventually("it is asked", lambda: view.get("scaledobject", revision), seconds=60)
            eventually("it is watched by now", lambda: _asked_again(view, revision), seconds=10)
            assert operator.running


def _asked_again(view: View, revision: str) -> bool:
    view.kubectl("delete", "scaledobject", revision, "--ignore-not-found")
    return bool(eventually("it is made anew", lambda: view.get("scaledobject", revision), seconds=10))


def _route(view: View) -> bool:
    try:
        return view.get("httproute", "fraud") is not None
    except ClusterError as error:
        assert "resource type" in str(error), error  # noqa: PT017 - kubectl knows no such kind yet
        return False
