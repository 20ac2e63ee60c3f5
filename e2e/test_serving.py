"""A ModelDeployment on a real cluster: Triton serves a torch model behind a real gateway."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from e2e import ailing, scenario
from e2e.client import Caller, Example
from e2e.conftest import place
from e2e.stage import Stage
from e2e.trained import put_fraud
from tests.support.cluster_view import View
from tests.support.poll import eventually

pytestmark = pytest.mark.e2e


@dataclass(frozen=True)
class Fraud:
    """The torch model, as it serves those who only ask it something."""

    view: View
    caller: Caller
    example: Example


@pytest.fixture(scope="module")
def fraud(stage: Stage) -> Iterator[Fraud]:
    """One for all tests that change nothing of it."""
    with place(stage) as view:
        example = put_fraud(view, "fraud/1")
        caller = stage.serve(view, scenario.fraud("fraud/1", name=scenario.own_name(view)), example)
        yield Fraud(view, caller, example)


def test_http_and_grpc_through_the_gateway_give_the_models_answers(fraud: Fraud) -> None:
    for _ in range(20):
        fraud.caller.http(fraud.example)
        fraud.caller.grpc(fraud.example)
    said = scenario.events(fraud.view, fraud.caller.model)
    assert [line.split(":")[0] for line in said] == ["Progressing", "Serving"]


def test_callers_in_the_cluster_use_the_service(fraud: Fraud) -> None:
    view, name = fraud.view, fraud.caller.model
    url = f"http://{name}.{view.namespace}.svc.cluster.local:8000/v2/models/{name}/ready"
    script = f"import urllib.request; print(urllib.request.urlopen({url!r}, timeout=5).status)"
    deployment = view.list("deployments")[0]["metadata"]["name"]
    assert view.kubectl("exec", f"deploy/{deployment}", "--", "python3", "-c", script).strip() == "200"


def test_tritons_control_api_is_closed(fraud: Fraud) -> None:
    for method, path in (
        ("POST", "/v2/repository/index"),
        ("POST", f"/v2/repository/models/{fraud.caller.model}/unload"),
        ("GET", "/v2/logging"),
        ("GET", "/v2/trace/setting"),
        ("GET", "/v2/systemsharedmemory/status"),
    ):
        request = urllib.request.Request(
            f"http://{fraud.caller.address}{path}", method=method, headers={"Host": fraud.caller.hostname}
        )
        eventually(f"{path} is closed", lambda sent=request: status_of(sent) == 403)  # type: ignore[misc]


def test_two_models_share_a_hostname_by_path(stage: Stage, view: View) -> None:
    shared = f"shared-{view.namespace}.example.com"
    traffic = {"parentRefs": [scenario.GATEWAY], "match": "ModelPath", "hostnames": [shared]}
    answers = ailing.well(view, "fraud/1", "other/1")
    examples = {"fraud": answers["fraud/1"], "other": answers["other/1"]}
    for name in examples:
        view.apply(scenario.fraud(f"{name}/1", name=name, traffic=traffic))
    for name, expected in examples.items():
        view.wait_ready(name)
        caller = Caller(stage.address, shared, name, headers=(("sluiceway-model", name),))
        caller.first_answer(expected)
        caller.http(expected)
        caller.grpc(expected)


def test_pods_survive_an_operator_that_is_killed_and_replaced(
    stage: Stage, view: View, example: Example
) -> None:
    name = scenario.own_name(view)
    stage.serve(view, scenario.fraud("fraud/1", name=name), example)
    pods = running_pods(view)
    system = View(stage.cluster, scenario.SYSTEM)
    system.kubectl("delete", "pod", "--all", "--force", "--grace-period=0")
    system.kubectl("rollout", "status", "deployment/sluiceway", "--timeout=120s")
    view.apply(scenario.fraud("fraud/1", name=name, replicas=2))
    eventually("two pods are ready", lambda: (
        (view.get("mdep", name) or {})["status"].get("readyReplicas") == 2
    ), seconds=60)  # fmt: skip
    assert pods.items() <= running_pods(view).items()


def running_pods(view: View) -> dict[str, str]:
    """Return the models' pods and their versions, which a restart or any write to them raises."""
    pods = view.list("pods", "app.kubernetes.io/managed-by=sluiceway")
    return {pod["metadata"]["uid"]: pod["metadata"]["resourceVersion"] for pod in pods}


def status_of(request: urllib.request.Request) -> int:
    """Send a request and return the status of its answer."""
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310 - of the gateway
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code
