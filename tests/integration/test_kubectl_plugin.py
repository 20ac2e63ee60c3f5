"""`kubectl sluiceway` as people run it: kubectl finds it, an API server answers, the operator obeys.

The kubelet and the gateway are played.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from e2e.cluster.control_plane import ControlPlane
from sluiceway.core.pods import is_ready
from tests.documented.shown import Names
from tests.documented.walks import walk
from tests.integration.revisions import TRAFFIC, candidate, serve
from tests.support.cluster_view import Object, View, model_deployment
from tests.support.operator_process import OperatorProcess
from tests.support.plugin import kubectl, sluiceway
from tests.support.poll import eventually

pytestmark = pytest.mark.integration

PAGE = "docs/how-to/kubectl.md"
GATED = {"steps": [{"weight": 25, "gate": True}, {"weight": 75, "gate": True}]}
GATEWAY: Object = {
    "apiVersion": "gateway.networking.k8s.io/v1",
    "kind": "Gateway",
    "metadata": {"name": "public"},
    "spec": {"gatewayClassName": "played", "listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}]},
}


@pytest.fixture(scope="module")
def control_plane(controlled: ControlPlane) -> ControlPlane:
    return controlled


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("", 0))
        return int(free.getsockname()[1])


@pytest.fixture
def operator(control_plane: ControlPlane, tmp_path: Path, port: int) -> Iterator[OperatorProcess]:
    with OperatorProcess(control_plane.kubeconfig, tmp_path / "operator.log", health_port=port) as process:
        yield process


def accept(view: View) -> None:
    """Play the gateway: it has taken up the route as it is now."""
    route = view.get("httproute", "fraud")
    if route is None:
        return
    said = {"status": "True", "message": "", "lastTransitionTime": "2026-01-01T00:00:00Z"}
    conditions = [
        said | {"type": kind, "reason": kind, "observedGeneration": route["metadata"]["generation"]}
        for kind in ("Accepted", "ResolvedRefs")
    ]
    parents = [
        {"parentRef": parent, "controllerName": "played.example/gateway", "conditions": conditions}
        for parent in route["spec"]["parentRefs"]
    ]
    if (route.get("status") or {}).get("parents") != parents:
        patch = json.dumps({"status": {"parents": parents}})
        view.kubectl("patch", "httproute", "fraud", "--subresource=status", "--type=merge", "-p", patch)


def weight(view: View, revision: str) -> int:
    """Play gateway and kubelet, and return the share that the route gives a revision."""
    accept(view)
    if not all(map(is_ready, view.list("pods", f"sluiceway.dev/revision={revision}"))):
        view.pods_serve(revision)
    route = view.get("httproute", "fraud") or {"spec": {}}
    rules = route["spec"].get("rules") or [{}]
    weights = {backend["name"]: backend["weight"] for backend in rules[0].get("backendRefs") or ()}
    return int(weights.get(revision, 0))


def settled(view: View) -> None:
    """Play the gateway until the spec's revision serves."""

    def serves() -> object:
        accept(view)
        return view.says("fraud", "Ready", "True", "Serving")

    eventually("serves", serves)


def at_the_gate(view: View) -> tuple[str, str]:
    """Bring a second revision to its first step, which waits for a person; return both."""
    view.apply(GATEWAY, model_deployment("fraud", traffic=TRAFFIC, rollout=GATED))
    first = serve(view, "fraud")
    settled(view)
    view.apply(model_deployment("fraud", traffic=TRAFFIC, rollout=GATED, runtime={"image": "triton:2"}))
    second = candidate(view, "fraud")
    eventually(f"{second} has its first share", lambda: weight(view, second) == 25)
    return first, second


def test_a_rollout_is_watched_and_steered_by_the_plugin_alone(
    view: View, operator: OperatorProcess, port: int, tmp_path: Path
) -> None:
    first, second = at_the_gate(view)
    live_figures_come_through_the_proxy(view, port)
    the_commands_of_the_page_do_what_it_says(view, second, tmp_path)
    assert (view.get("mdep", "fraud") or {})["status"]["serving"] == first
    what_would_do_nothing_is_refused(view, first, second)


def live_figures_come_through_the_proxy(view: View, port: int) -> None:
    """Make a Service that leads to the operator's process: the API server's proxy only knows pods."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outward:
        # Nothing is sent: it only finds the address, since an endpoint may not be on the loopback.
        outward.connect(("203.0.113.1", 9))
        address = outward.getsockname()[0]
    labels = {"app.kubernetes.io/name": "sluiceway", "app.kubernetes.io/component": "operator"}
    pod: Object = {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "operator"},
        "spec": {"containers": [{"name": "operator", "image": "sluiceway"}]},
    }  # fmt: skip
    service: Object = {
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "operator", "labels": labels},
        "spec": {"ports": [{"name": "http", "port": 80, "targetPort": port}]},
    }  # fmt: skip
    named = {"kind": "Pod", "name": "operator", "namespace": view.namespace}
    endpoints: Object = {
        "apiVersion": "v1", "kind": "Endpoints", "metadata": {"name": "operator"},
        "subsets": [
            {"addresses": [{"ip": address, "targetRef": named}], "ports": [{"name": "http", "port": port}]}
        ],
    }  # fmt: skip
    view.apply(pod, service, endpoints)
    status = json.dumps({"status": {"podIP": address, "podIPs": [{"ip": address}]}})
    view.kubectl("patch", "pod", "operator", "--subresource=status", "--type=merge", "-p", status)

    def reached() -> bool:
        ran = sluiceway(view, "status", "fraud", "-o", "json")
        assert json.loads(ran.said)["notes"] == []
        return True

    eventually("the operator is reached", reached)
    ran = sluiceway(view, "status", "fraud", SLUICEWAY_OPERATOR=f"{view.namespace}/nobody")
    assert f"note: no live figures, only what the status says: Service {view.namespace}/nobody" in ran.said


def the_commands_of_the_page_do_what_it_says(view: View, second: str, folder: Path) -> None:
    """Type the page from top to bottom: in the end the first revision serves again."""
    before: dict[str, Callable[[], object]] = {
        "resume": lambda: view.says("fraud", "Reconciling", "True", "Paused"),
        "promote": lambda: view.says("fraud", "Reconciling", "True", "AwaitingPromotion"),
        "abort": lambda: weight(view, second) == 75,
        "retry": lambda: view.says("fraud", "Stalled", "True", "RolledBack"),
        "undo": lambda: view.get("mdep", "fraud")["status"]["candidate"] == second,  # type: ignore[index]
    }
    file = folder / "fraud.yaml"
    file.write_text(json.dumps(model_deployment("fraud", rollout=GATED, traffic=TRAFFIC)))
    names, typed = Names(), walk(PAGE)
    # It would wait for a person: it is typed once the last command is done.
    waits = [command for command in typed if " watch " in command.text]
    for command in (*(each for each in typed if each not in waits), *waits):
        _, _, line, *words = command.text.split()
        if line in before:
            eventually(f"it is time to {line}", before[line])
        elif command in waits:
            settled(view)
        ran = sluiceway(view, line, *(str(file) if word == file.name else word for word in words))
        assert ran.code == 0, f"{command}: {ran.errors}"
        assert not command.shown or names.fit(command.shown, ran.said), f"{command}: {ran.said}"


def what_would_do_nothing_is_refused(view: View, first: str, second: str) -> None:
    """Ask for the second revision again, abort it, and ask for what makes no sense then."""
    assert sluiceway(view, "undo", "fraud", "--to", second).code == 0
    eventually(f"{second} is tried", lambda: weight(view, second) == 25)
    assert sluiceway(view, "abort", "fraud").code == 0
    ran = sluiceway(view, "watch", "fraud", "--until-settled", "--timeout", "30s")
    assert ran.code == 1
    assert "RolledBack" in ran.said
    ran = sluiceway(view, "promote", "fraud")
    assert ran.code == 1
    assert f"there is nothing to promote: {second} is refused: a person aborted it" in ran.errors
    ran = sluiceway(view, "undo", "fraud", "--dry-run")
    assert ran.said.endswith(f"would ask for {first} instead of {second}\n")
    assert "warning: the next `kubectl apply` of the file" in ran.errors
    assert len(view.list("controllerrevisions")) == 2
    fields = json.loads(view.kubectl("get", "mdep", "fraud", "-o", "json", "--show-managed-fields"))
    managers = {field["manager"] for field in fields["metadata"]["managedFields"]}
    assert "kubectl-sluiceway" in managers


def test_kubectl_completes_names(view: View) -> None:
    view.apply(model_deployment("fraud"), model_deployment("other"))
    said = kubectl(view, "__complete", "sluiceway", "promote", "-n", view.namespace, "f").said
    assert said.splitlines()[0] == "fraud"


def test_who_may_view_sees_what_there_is_and_others_are_told_what_to_ask_for(
    view: View, tmp_path: Path
) -> None:
    view.apply(model_deployment("fraud"))
    view.kubectl("create", "serviceaccount", "alice")
    token = view.kubectl("create", "token", "alice").strip()
    config = json.loads(view.cluster.kubectl("config", "view", "--raw", "-o", "json"))
    config["users"] = [{"name": config["users"][0]["name"], "user": {"token": token}}]
    kubeconfig = tmp_path / "alice"
    kubeconfig.write_text(json.dumps(config))
    ran = sluiceway(view, "status", "fraud", kubeconfig=kubeconfig)
    assert (ran.code, ran.said, ran.errors.count("\n")) == (1, "", 1)
    assert "is forbidden" in ran.errors
    assert "ask for the ClusterRole `view`" in ran.errors

    alice = f"--serviceaccount={view.namespace}:alice"
    view.kubectl("create", "role", "mdep", "--verb=get,list", "--resource=modeldeployments.sluiceway.dev")
    view.kubectl("create", "rolebinding", "mdep", "--role=mdep", alice)
    view.kubectl("create", "rolebinding", "view", "--clusterrole=view", alice)
    ran = eventually(
        "the rights are there",
        lambda: (
            found if (found := sluiceway(view, "status", "fraud", kubeconfig=kubeconfig)).code == 0 else None
        ),
    )
    assert "no operator has looked at it" in ran.said
    ran = sluiceway(view, "pause", "fraud", kubeconfig=kubeconfig)
    assert ran.code == 1
