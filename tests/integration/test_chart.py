"""The chart on a real API server: installed, with the rights that it gives, and removed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from e2e.cluster.control_plane import ControlPlane
from e2e.cluster.helm import helm
from tests.integration.definitions import ROOT, define_gateway_api
from tests.integration.revisions import serve
from tests.support.cluster_view import Object, View, model_deployment
from tests.support.operator_process import OperatorProcess
from tests.support.poll import eventually

pytestmark = pytest.mark.integration

SYSTEM = "sluiceway-system"
CHART = str(ROOT / "charts" / "sluiceway")
IMAGE = "image.repository=registry.example.com/sluiceway"
TRAFFIC = {
    "parentRefs": [{"name": "public", "namespace": "gateway"}],
    "hostnames": ["fraud.example.com"],
}
CRD = "modeldeployments.sluiceway.dev"


@pytest.fixture(scope="module")
def control_plane() -> Iterator[ControlPlane]:
    with ControlPlane(controllers=True) as plane:
        define_gateway_api(plane)
        plane.kubectl("create", "namespace", SYSTEM)
        plane.kubectl("label", "namespace", SYSTEM, "pod-security.kubernetes.io/enforce=restricted")
        plane.kubectl("create", "namespace", "gateway")
        yield plane


@pytest.fixture
def view(control_plane: ControlPlane, view: View) -> Iterator[View]:
    """A namespace with models; no release outlives its test."""
    yield view
    uninstall(control_plane, "--ignore-not-found")


def install(plane: ControlPlane, *settings: str) -> None:
    sets = [part for setting in (IMAGE, *settings) for part in ("--set", setting)]
    helm(plane.kubeconfig, "upgrade", "--install", "sluiceway", CHART, "--namespace", SYSTEM, *sets)
    plane.kubectl("wait", "--for=condition=Established", f"crd/{CRD}", "--timeout=30s")


def uninstall(plane: ControlPlane, *options: str) -> None:
    helm(plane.kubeconfig, "uninstall", "sluiceway", "--namespace", SYSTEM, "--wait", *options)


def identity(plane: ControlPlane, folder: Path) -> Path:
    """Return the kubeconfig of the operator's service account."""
    token = plane.kubectl("--namespace", SYSTEM, "create", "token", "sluiceway").strip()
    config = yaml.safe_load(plane.kubeconfig.read_text())
    for user in config["users"]:
        user["user"] = {"token": token}
    path = folder / "operator.kubeconfig"
    path.write_text(yaml.safe_dump(config))
    path.chmod(0o600)
    return path


def live_and_be_watched(
    plane: ControlPlane, view: View, folder: Path, *, namespace: str | None
) -> set[tuple[str, str, str]]:
    """Return verb, resource and namespace of each request that the operator was not allowed to make."""
    before = len(plane.audit_log.read_text().splitlines())
    with OperatorProcess(identity(plane, folder), folder / "operator.log", namespace=namespace) as operator:
        live_through_everything(view)
        assert operator.running
    requests = [json.loads(line) for line in plane.audit_log.read_text().splitlines()[before:]]
    name = f"system:serviceaccount:{SYSTEM}:sluiceway"
    mine = [request for request in requests if request["user"]["username"] == name]
    assert mine, "the operator made no request"
    return {
        (request["verb"], request["objectRef"]["resource"], request["objectRef"].get("namespace", ""))
        for request in mine
        if request["responseStatus"]["code"] == 403
    }


def live_through_everything(view: View) -> None:
    """Make the operator use every right it has: create, change, replace and remove each kind."""
    view.apply(model_deployment("fraud", replicas=2, traffic=TRAFFIC))
    first = serve(view, "fraud")
    eventually("the route is written", lambda: view.get("httproute", "fraud"))
    assert view.list("poddisruptionbudgets")
    # Without traffic: nobody is there to take up the route, and without that word no revision takes over.
    rollout = {"strategy": "AllAtOnce"}
    view.apply(model_deployment("fraud", replicas=2, rollout=rollout, runtime={"image": "triton:2"}))
    eventually("the route is removed", lambda: view.get("httproute", "fraud") is None)
    second = serve(view, "fraud")
    assert second != first
    view.apply(model_deployment("fraud", rollout=rollout, runtime={"image": "triton:2"}))
    eventually("the old pods are removed", lambda: view.get("deployment", first) is None)
    eventually("the budget is removed", lambda: not view.list("poddisruptionbudgets"))
    eventually("it is told", lambda: view.says("fraud", "Ready", "True", "Serving"))
    eventually("it is told in events", lambda: events(view))


def events(view: View) -> list[Object]:
    items: list[Object] = json.loads(view.kubectl("get", "events.events.k8s.io", "-o", "json"))["items"]
    return [item for item in items if item.get("reportingController") == "sluiceway.dev/operator"]


def test_the_rights_of_a_cluster_wide_install_are_enough(
    control_plane: ControlPlane, view: View, tmp_path: Path
) -> None:
    install(control_plane)
    assert live_and_be_watched(control_plane, view, tmp_path, namespace=None) == set()


def test_a_namespaced_operator_lacks_nothing_but_a_look_at_gateways_elsewhere(
    control_plane: ControlPlane, view: View, tmp_path: Path
) -> None:
    install(control_plane, f"watchNamespace={view.namespace}")
    refused = live_and_be_watched(control_plane, view, tmp_path, namespace=view.namespace)
    assert refused == {("get", "gateways", "gateway")}


def test_a_plan_needs_no_more_rights_than_the_operator(
    control_plane: ControlPlane, view: View, tmp_path: Path
) -> None:
    install(control_plane, f"watchNamespace={view.namespace}")
    view.apply(model_deployment("fraud", traffic=TRAFFIC))
    command = [sys.executable, "-m", "sluiceway", "plan", "fraud", "--namespace", view.namespace]
    command += ["--kubeconfig", str(identity(control_plane, tmp_path))]
    everywhere = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "forbidden" in everywhere.stderr
    assert "say so with --namespace (run) or --namespaced (plan)" in everywhere.stderr
    here = subprocess.run([*command, "--namespaced"], capture_output=True, text=True, check=True)
    assert here.stdout.startswith("the spec asks for fraud-")


def test_the_pod_is_admitted_where_only_restricted_pods_are(control_plane: ControlPlane, view: View) -> None:
    install(control_plane, "providers[0].name=prometheus", "providers[0].address=http://prometheus:9090")
    system = View(control_plane, SYSTEM)
    eventually("the pod is made", lambda: system.list("pods", "app.kubernetes.io/component=operator"))


MAY = {
    "view": {"get modeldeployments/status", "watch modeldeployments"},
    "edit": {"create modeldeployments", "patch modeldeployments/scale", "watch modeldeployments"},
    "admin": {"create modeldeployments", "patch modeldeployments/scale", "watch modeldeployments"},
}
MAY_NOT = {
    "view": {"create modeldeployments", "patch modeldeployments/scale"},
    "edit": {"patch modeldeployments/status"},
    "admin": {"patch modeldeployments/status"},
}


def test_users_of_a_namespace_get_the_rights_of_their_role(control_plane: ControlPlane, view: View) -> None:
    install(control_plane)
    for role in MAY:
        view.kubectl("create", "rolebinding", role, f"--clusterrole={role}", f"--user={role}")

    def granted(asked: dict[str, set[str]]) -> dict[str, set[str]]:
        return {user: {right for right in rights if may(view, user, right)} for user, rights in asked.items()}

    # A controller adds the rules to the cluster's roles, one role after the other.
    eventually("all have their rights", lambda: granted(MAY) == MAY)
    assert granted(MAY_NOT) == {user: set() for user in MAY_NOT}


def may(view: View, user: str, right: str) -> bool:
    verb, _, path = right.partition(" ")
    resource, _, subresource = path.partition("/")
    attributes = {"verb": verb, "group": "sluiceway.dev", "resource": resource, "subresource": subresource}
    return allowed(view, user, attributes | {"namespace": view.namespace})


def allowed(view: View, user: str, attributes: dict[str, str]) -> bool:
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {"user": user, "resourceAttributes": attributes},
    }
    answer = view.kubectl("create", "-f", "-", "-o", "json", stdin=json.dumps(review))
    return bool(json.loads(answer)["status"]["allowed"])


def test_live_figures_are_read_by_those_who_are_named_and_no_other_service_is(
    control_plane: ControlPlane, view: View
) -> None:
    subject = {"apiGroup": "rbac.authorization.k8s.io", "kind": "User", "name": "sre"}
    install(control_plane, *(f"rbac.liveReaders[0].{key}={value}" for key, value in subject.items()))
    proxy = {"verb": "get", "resource": "services", "subresource": "proxy", "namespace": SYSTEM}
    live = {"name": "sluiceway:http"}
    assert allowed(view, "sre", proxy | live)
    assert not allowed(view, "somebody", proxy | live)
    others: list[dict[str, str]] = [
        live | {"verb": "create"},
        live | {"namespace": "kube-system"},
        {"name": "sluiceway:8080"},
        {"name": "grafana:http"},
    ]
    assert not any(allowed(view, "sre", proxy | other) for other in others)


def test_models_and_their_definition_outlive_the_release(
    control_plane: ControlPlane, view: View, tmp_path: Path
) -> None:
    install(control_plane)
    with OperatorProcess(identity(control_plane, tmp_path), tmp_path / "operator.log"):
        view.apply(model_deployment("fraud"))
        revision = serve(view, "fraud")
    uninstall(control_plane)
    assert view.get("mdep", "fraud")
    assert view.get("deployment", revision)
    # The definition that stayed belongs to the next release of that name.
    install(control_plane)
    install(control_plane, "crds.enabled=false")
    assert view.get("mdep", "fraud")
