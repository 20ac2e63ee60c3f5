"""The operator process on a real API server with real controllers; only the kubelet is played."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.cluster.control_plane import ControlPlane
from tests.integration.revisions import TRAFFIC, candidate, serve
from tests.support.cluster_view import View, model_deployment
from tests.support.operator_process import OperatorProcess
from tests.support.poll import eventually

pytestmark = pytest.mark.integration

OWNED = "controllerrevisions,deployments,horizontalpodautoscalers,services,poddisruptionbudgets,httproutes"


@pytest.fixture(scope="module")
def control_plane(controlled: ControlPlane) -> ControlPlane:
    return controlled


@pytest.fixture
def operator(control_plane: ControlPlane, tmp_path: Path) -> Iterator[OperatorProcess]:
    with OperatorProcess(control_plane.kubeconfig, tmp_path / "operator.log") as process:
        yield process


AT_ONCE = {"strategy": "AllAtOnce"}
"""No pods are kept that served before."""


def snapshot(view: View) -> dict[str, str]:
    """Return the resourceVersion of everything that the operator wrote: it rises with every write."""
    found = json.loads(view.kubectl("get", f"{OWNED},mdep", "-o", "json"))["items"]
    return {f"{obj['kind']}/{obj['metadata']['name']}": obj["metadata"]["resourceVersion"] for obj in found}


def test_first_revision_becomes_ready_and_wait_sees_it(view: View, operator: OperatorProcess) -> None:
    view.apply(model_deployment("fraud", replicas=2))
    revision = serve(view, "fraud")
    view.wait_ready("fraud", seconds=20)
    service = view.get("service", "fraud")
    assert service
    assert service["spec"]["selector"]["sluiceway.dev/revision"] == revision
    assert operator.running


def test_new_revision_takes_over_only_when_all_its_pods_are_ready(
    view: View, operator: OperatorProcess
) -> None:
    view.apply(model_deployment("fraud"))
    first = serve(view, "fraud")
    view.apply(model_deployment("fraud", runtime={"image": "triton:2"}, rollout=AT_ONCE))
    second = candidate(view, "fraud")
    service = view.get("service", "fraud")
    assert service
    assert service["spec"]["selector"]["sluiceway.dev/revision"] == first
    assert serve(view, "fraud") == second
    eventually("the old pods are removed", lambda: view.get("deployment", first) is None)
    kept = {record["metadata"]["name"] for record in view.list("controllerrevisions")}
    assert {first, second} <= kept


def test_a_settled_resource_is_not_written_to_by_a_new_operator(
    view: View, control_plane: ControlPlane, tmp_path: Path
) -> None:
    with OperatorProcess(control_plane.kubeconfig, tmp_path / "first.log"):
        view.apply(model_deployment("fraud", runtime={"image": "t", "resources": {"limits": {"cpu": "0.5"}}}))
        serve(view, "fraud")
        eventually("settled", lambda: view.says("fraud", "Ready", "True", "Serving"))
    before = snapshot(view)
    with OperatorProcess(control_plane.kubeconfig, tmp_path / "second.log"):
        view.apply(model_deployment("marker"))
        serve(view, "marker")
    after = snapshot(view)
    assert {name: after[name] for name in before} == before
    assert f"{view.namespace}/fraud:" not in (tmp_path / "second.log").read_text()


def test_kubectl_diff_is_empty_once_settled(view: View, operator: OperatorProcess) -> None:
    resource = model_deployment("fraud")
    view.apply(resource)
    serve(view, "fraud")
    assert view.kubectl("diff", "-f", "-", stdin=json.dumps(resource)) == ""


def test_status_and_objects_deleted_by_hand_come_back(view: View, operator: OperatorProcess) -> None:
    view.apply(model_deployment("fraud", traffic=TRAFFIC))
    revision = serve(view, "fraud")
    eventually("the route is written", lambda: view.get("httproute", "fraud"))
    view.kubectl("delete", "httproute,service", "fraud")
    view.kubectl("patch", "mdep", "fraud", "--subresource=status", "--type=json",
                 "-p", '[{"op": "remove", "path": "/status"}]')  # fmt: skip
    route = eventually("the route is back", lambda: view.get("httproute", "fraud"))
    assert [backend["name"] for backend in route["spec"]["rules"][0]["backendRefs"]] == [revision]
    eventually("the Service is back", lambda: view.get("service", "fraud"))
    eventually("the status is back", lambda: view.condition("fraud", "Ready"))


def test_killed_operator_is_followed_by_one_that_goes_on(
    view: View, control_plane: ControlPlane, tmp_path: Path
) -> None:
    operator = OperatorProcess(control_plane.kubeconfig, tmp_path / "operator.log")
    with operator:
        view.apply(model_deployment("fraud"))
        first = candidate(view, "fraud")
        operator.kill()
        view.pods_serve(first)
        operator.start()
        eventually("first serves", lambda: view.says("fraud", "Ready", "True", "Serving"))
        view.apply(model_deployment("fraud", runtime={"image": "triton:2"}, rollout=AT_ONCE))
        second = candidate(view, "fraud")
        operator.kill()
        view.pods_serve(second)
        operator.start()
        eventually("second serves", lambda: view.says("fraud", "Ready", "True", "Serving"))
        eventually("the old pods are removed", lambda: view.get("deployment", first) is None)


def test_service_name_of_somebody_else_is_refused_and_left_alone(
    view: View, operator: OperatorProcess
) -> None:
    view.apply(
        {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "fraud"},
            "spec": {"selector": {"app": "theirs"}, "ports": [{"port": 80}]},
        }
    )
    before = view.get("service", "fraud")
    view.apply(model_deployment("fraud"))
    message = view.stalls("fraud", "NameConflict")
    assert "Service fraud belongs to somebody else: remove or rename it" in message
    assert view.get("service", "fraud") == before
    assert view.list("deployments") == []
    view.kubectl("delete", "service", "fraud")
    serve(view, "fraud")


def test_orphans_of_ours_are_adopted_and_their_pods_stay(view: View, operator: OperatorProcess) -> None:
    view.apply(model_deployment("fraud"))
    revision = serve(view, "fraud")
    pods = {pod["metadata"]["uid"] for pod in view.list("pods")}
    view.kubectl("delete", "mdep", "fraud", "--cascade=orphan")
    view.apply(model_deployment("fraud"))
    view.wait_ready("fraud")
    owner = view.get("mdep", "fraud")
    deployment = view.get("deployment", revision)
    assert owner
    assert deployment
    assert deployment["metadata"]["ownerReferences"][0]["uid"] == owner["metadata"]["uid"]
    assert {pod["metadata"]["uid"] for pod in view.list("pods")} == pods


def test_invalid_pod_field_reaches_the_condition_in_the_servers_words(
    view: View, operator: OperatorProcess
) -> None:
    view.apply(model_deployment("fraud"))
    serve(view, "fraud")
    runtime = {"image": "triton:2", "nodeSelector": {"not a label": "x"}}
    view.apply(model_deployment("fraud", runtime=runtime))
    message = view.stalls("fraud", "InvalidPod")
    assert "nodeSelector" in message or "not a label" in message
    assert "goes on serving" in message
    assert view.says("fraud", "Available", "True", "Serving")


def test_deletion_removes_everything(view: View, operator: OperatorProcess) -> None:
    view.apply(model_deployment("fraud", traffic=TRAFFIC))
    candidate(view, "fraud")
    view.kubectl("delete", "mdep", "fraud", "--wait=true")
    eventually("all is gone", lambda: json.loads(
        view.kubectl("get", OWNED, "-l", "sluiceway.dev/model-deployment=fraud", "-o", "json")
    )["items"] == [])  # fmt: skip


def test_field_managers_own_what_they_write(view: View, operator: OperatorProcess) -> None:
    view.apply(model_deployment("fraud", traffic=TRAFFIC))
    revision = serve(view, "fraud")
    eventually("the route is written", lambda: view.get("httproute", "fraud"))

    def managers(kind: str, name: str) -> set[tuple[str, str]]:
        text = view.kubectl("get", kind, name, "-o", "json", "--show-managed-fields")
        fields = json.loads(text)["metadata"]["managedFields"]
        return {(field["manager"], field["operation"]) for field in fields}

    assert ("sluiceway", "Apply") in managers("deployment", revision)
    assert managers("service", "fraud") == {("sluiceway-traffic", "Apply")}
    assert managers("httproute", "fraud") == {("sluiceway-traffic", "Apply")}
    assert ("sluiceway-status", "Apply") in managers("mdep", "fraud")


def test_scale_subresource_scales_without_a_new_revision(view: View, operator: OperatorProcess) -> None:
    view.apply(model_deployment("fraud"))
    revision = serve(view, "fraud")
    view.kubectl("scale", "mdep/fraud", "--replicas=3")
    eventually("three pods", lambda: len(view.list("pods", f"sluiceway.dev/revision={revision}")) == 3)
    assert [record["metadata"]["name"] for record in view.list("controllerrevisions")] == [revision]
