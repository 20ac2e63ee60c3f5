"""The number of pods goes to KEDA and back on a real API server with KEDA's definitions, and none is dropped.

KEDA itself does not run here: what it does to its autoscaler the test does, as KEDA 2.21 does it
(controllers/keda/hpa.go). `make e2e-keda` has a real one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from e2e.cluster.control_plane import ControlPlane
from tests.fakes.keda import autoscaler
from tests.integration.definitions import define_keda, define_ours
from tests.integration.refused_autoscaling import by
from tests.integration.revisions import serve
from tests.integration.test_autoscaling import CPU, RUNTIME
from tests.support.cluster_view import View, model_deployment
from tests.support.operator_process import OperatorProcess
from tests.support.poll import eventually

pytestmark = pytest.mark.integration

BY_CPU = by(CPU, minReplicas=2)
BY_KEDA = BY_CPU | {"class": "ScaledObject"}
PODS = 4


@pytest.fixture(scope="module")
def control_plane() -> Iterator[ControlPlane]:
    with ControlPlane(controllers=True) as plane:
        define_ours(plane)
        define_keda(plane)
        yield plane


@pytest.fixture(scope="module", autouse=True)
def operator(
    control_plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[OperatorProcess]:
    log = tmp_path_factory.mktemp("keda") / "operator.log"
    with OperatorProcess(control_plane.kubeconfig, log) as process:
        yield process


def ask(view: View, **spec: Any) -> None:
    view.apply(model_deployment("fraud", runtime=RUNTIME, **spec))


def keda_acts(view: View, revision: str) -> None:
    """Make or take over the autoscaler, as KEDA does: one update of all of it."""
    scaled_object = eventually("there is a ScaledObject", lambda: view.get("scaledobject", revision))
    intended = autoscaler(scaled_object)
    verb = "replace" if view.get("horizontalpodautoscaler", revision) else "create"
    view.kubectl(verb, "-f", "-", stdin=json.dumps(intended))


def version(view: View) -> str:
    """Return how far the API server's history is."""
    path = f"/apis/apps/v1/namespaces/{view.namespace}/deployments"
    return str(json.loads(view.kubectl("get", "--raw", path))["metadata"]["resourceVersion"])


def numbers_since(view: View, since: str) -> list[int]:
    """Return every number of pods that a Deployment has asked for since a version of the API server."""
    query = f"watch=true&resourceVersion={since}&timeoutSeconds=1"
    path = f"/apis/apps/v1/namespaces/{view.namespace}/deployments?{query}"
    events = [json.loads(line) for line in view.kubectl("get", "--raw", path).splitlines()]
    return [event["object"]["spec"]["replicas"] for event in events]


def with_pods(view: View, **spec: Any) -> str:
    """Let a revision serve with as many pods as some autoscaler has made them; return its name."""
    ask(view, **spec)
    revision = serve(view, "fraud")
    if spec.get("autoscaling", {}).get("class"):
        keda_acts(view, revision)
    if "autoscaling" in spec:
        view.kubectl("scale", "deployment", revision, f"--replicas={PODS}")
    return revision


def test_from_none_to_keda(view: View) -> None:
    revision = with_pods(view, replicas=PODS)
    since = version(view)
    ask(view, autoscaling=BY_KEDA)
    keda_acts(view, revision)
    eventually(
        "the autoscaler speaks",
        lambda: view.says("fraud", "AutoscalingReady", "Unknown", "AutoscalerPending"),
    )
    assert "does its operator run?" in view.condition("fraud", "AutoscalingReady")["message"]
    assert set(numbers_since(view, since)) == {PODS}
    assert view.scaler_of(revision) == "ScaledObject"


def test_from_keda_to_none(view: View) -> None:
    revision = with_pods(view, autoscaling=BY_KEDA)
    since = version(view)
    ask(view, replicas=PODS)
    eventually("KEDA is asked for nothing", lambda: view.get("scaledobject", revision) is None)
    eventually("nobody else decides", lambda: not view.scaler_of(revision))
    assert set(numbers_since(view, since)) <= {PODS}


def test_the_class_is_switched_to_keda(view: View) -> None:
    revision = with_pods(view, autoscaling=BY_CPU)
    before = view.get("horizontalpodautoscaler", revision) or {}
    since = version(view)
    ask(view, autoscaling=BY_KEDA)
    keda_acts(view, revision)
    ask(view, autoscaling=BY_KEDA | {"minReplicas": 3})
    eventually("the operator has seen it", lambda: least(view, revision) == 3)
    after = view.get("horizontalpodautoscaler", revision) or {}
    assert after["metadata"]["uid"] == before["metadata"]["uid"], "it is handed over as it is"
    assert view.scaler_of(revision) == "ScaledObject"
    assert set(numbers_since(view, since)) <= {PODS}
    assert view.says("fraud", "Stalled", "False", "NotStalled")


def test_the_class_is_switched_from_keda(view: View) -> None:
    revision = with_pods(view, autoscaling=BY_KEDA)
    since = version(view)
    ask(view, autoscaling=BY_CPU)
    eventually("it is ours", lambda: view.scaler_of(revision) == "ModelDeployment")
    assert view.get("scaledobject", revision) is None
    assert set(numbers_since(view, since)) <= {PODS}
    assert view.says("fraud", "Stalled", "False", "NotStalled")


def least(view: View, revision: str) -> int:
    found = view.get("scaledobject", revision)
    return int(found["spec"]["minReplicaCount"]) if found else 0


def test_keda_ends_the_last_pod_of_what_serves_and_starts_it_again(view: View) -> None:
    asked = {"type": "Raw", "trigger": {"type": "cron", "metadata": {"timezone": "UTC"}}}
    ask(view, autoscaling=by(CPU, asked, minReplicas=0) | {"class": "ScaledObject", "pollingSeconds": 5})
    eventually("it is tried with a pod", lambda: view.get("scaledobject", revision_of(view)))
    revision = serve(view, "fraud")
    eventually("it may sleep", lambda: least(view, revision) == 0)
    view.kubectl("scale", "deployment", revision, "--replicas=0")
    eventually("it sleeps", lambda: view.says("fraud", "Ready", "True", "ScaledToZero"))
    since = version(view)
    view.kubectl("scale", "deployment", revision, "--replicas=1")
    eventually("it wakes up", lambda: view.says("fraud", "Ready", "False", "NotEnoughReplicas"))
    eventually("there is a pod", lambda: view.pods_serve(revision))
    eventually("it serves", lambda: view.says("fraud", "Ready", "True", "Serving"))
    assert set(numbers_since(view, since)) == {1}


def revision_of(view: View) -> str:
    status = (view.get("mdep", "fraud") or {}).get("status") or {}
    return str(status.get("candidate") or status.get("serving") or "none")
