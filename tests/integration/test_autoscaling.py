"""The number of pods goes from hand to hand on a real API server, and none is dropped.

Kubernetes' own autoscaler runs, but nothing measures pods here: what it would decide, the test writes
through the same subresource.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from e2e.cluster.control_plane import ControlPlane
from tests.integration.refused_autoscaling import by
from tests.integration.revisions import candidate, serve
from tests.support.cluster_view import View, model_deployment
from tests.support.operator_process import OperatorProcess
from tests.support.poll import eventually

pytestmark = pytest.mark.integration

RUNTIME = {"image": "triton:1", "resources": {"requests": {"cpu": "1"}}}
CPU = {"type": "CPU", "targetPercent": 80}


@pytest.fixture(scope="module")
def control_plane(controlled: ControlPlane) -> ControlPlane:
    return controlled


@pytest.fixture(autouse=True)
def operator(control_plane: ControlPlane, tmp_path: Path) -> Iterator[OperatorProcess]:
    with OperatorProcess(control_plane.kubeconfig, tmp_path / "operator.log") as process:
        yield process


def scaled(view: View, **more: Any) -> None:
    """Write a model whose pods follow the load."""
    autoscaling = by(CPU, minReplicas=2) | more
    view.apply(model_deployment("fraud", runtime=RUNTIME, autoscaling=autoscaling))


def deployment(view: View, revision: str) -> tuple[int, int]:
    """Return how many pods a revision is to have, and how often that or anything else was changed."""
    found = view.get("deployment", revision)
    assert found
    return found["spec"]["replicas"], found["metadata"]["generation"]


def autoscaler(view: View, revision: str) -> dict[str, Any]:
    found = view.get("horizontalpodautoscaler", revision) or {"spec": {}}
    spec: dict[str, Any] = found["spec"]
    return spec


def test_an_autoscaler_takes_over_the_number_that_there_is(view: View) -> None:
    view.apply(model_deployment("fraud", runtime=RUNTIME, replicas=4))
    revision = serve(view, "fraud")
    pods, changes = deployment(view, revision)
    assert pods == 4
    scaled(view)
    eventually("there is an autoscaler", lambda: autoscaler(view, revision))
    condition = eventually(
        "it says what is missing",
        lambda: view.says("fraud", "AutoscalingReady", "False", "MetricUnknown"),
        seconds=60,
    )
    assert "metrics-server: is it installed" in condition["message"]
    assert view.says("fraud", "Ready", "True", "Serving")
    # One write, of the hash: the generation of a Deployment rises with its annotations too.
    assert deployment(view, revision) == (4, changes + 1)


def test_what_the_autoscaler_decided_stands_and_then_the_spec_has_the_last_word(view: View) -> None:
    scaled(view)
    revision = serve(view, "fraud")
    assert deployment(view, revision)[0] == 2
    view.kubectl("scale", "deployment", revision, "--replicas=4")
    before = deployment(view, revision)
    scaled(view, maxReplicas=6)
    eventually("the operator has been here", lambda: autoscaler(view, revision).get("maxReplicas") == 6)
    assert deployment(view, revision) == before
    scaled(view, minReplicas=5, maxReplicas=6)
    eventually("the minimum is there", lambda: deployment(view, revision)[0] == 5)
    view.apply(model_deployment("fraud", runtime=RUNTIME, replicas=6))
    eventually("the spec says", lambda: deployment(view, revision)[0] == 6)
    eventually("nobody else does", lambda: view.get("horizontalpodautoscaler", revision) is None)


def test_a_candidate_has_pods_for_all_that_the_one_before_carries(view: View) -> None:
    scaled(view)
    first = serve(view, "fraud")
    view.kubectl("scale", "deployment", first, "--replicas=4")
    view.apply(
        model_deployment("fraud", runtime=RUNTIME | {"image": "triton:2"}, autoscaling=by(CPU, minReplicas=2))
    )
    second = candidate(view, "fraud")
    eventually("the candidate's floor", lambda: autoscaler(view, second).get("minReplicas") == 4)
    eventually("that of the one before", lambda: autoscaler(view, first).get("minReplicas") == 4)
    assert deployment(view, second)[0] == 4
    assert deployment(view, first)[0] == 4
