"""Bad input and faults on a real cluster: each is told in a condition, and what serves goes on."""

from __future__ import annotations

from typing import Any

import pytest

from e2e import scenario
from e2e.client import Example
from e2e.stage import Stage
from tests.support.cluster_view import View
from tests.support.poll import eventually

pytestmark = pytest.mark.e2e


def broken(name: str, **runtime: Any) -> scenario.Object:
    """Return the torch model's resource with these fields of the runtime replaced."""
    resource = scenario.fraud("fraud/1", name=name)
    resource["spec"]["runtime"] |= runtime
    return resource


def test_server_that_ended_is_loading_again_and_has_not_failed(
    stage: Stage, view: View, example: Example
) -> None:
    name = scenario.own_name(view)
    caller = stage.serve(view, scenario.fraud("fraud/1", name=name), example)
    deployment = view.list("deployments")[0]["metadata"]["name"]
    view.kubectl("exec", f"deploy/{deployment}", "--", "sh", "-c", "kill 1")
    condition = eventually("it loads", lambda: view.says(name, "Ready", "False", "Loading"), seconds=60)
    assert "the model is loaded again, since Triton ended" in condition["message"]
    view.wait_ready(name)
    caller.first_answer(example)
    assert [line.split(":")[0] for line in scenario.events(view, name)] == ["Progressing", "Serving"]


def test_model_without_a_version_directory_is_told_in_tritons_words(
    stage: Stage, view: View, example: Example
) -> None:
    scenario.in_pod(view, "mv /models/fraud/1/1 /models/fraud/1/hidden")
    view.apply(scenario.fraud("fraud/1", traffic=None))
    message = view.stalls("fraud", "LoadFailed")
    assert "version" in message
    scenario.in_pod(view, "mv /models/fraud/1/hidden /models/fraud/1/1")
    view.wait_ready("fraud")


def test_error_in_the_models_configuration_is_told_and_the_old_revision_serves(
    stage: Stage, view: View, example: Example
) -> None:
    name = scenario.own_name(view)
    caller = stage.serve(view, scenario.fraud("fraud/1", name=name), example)
    scenario.in_pod(
        view,
        "cd /models/fraud; cp -r 1 2; echo 'max_batch_size: many' >> 2/config.pbtxt",
    )
    view.apply(scenario.fraud("fraud/2", name=name))
    message = view.stalls(name, "LoadFailed")
    assert "goes on serving" in message
    caller.http(example)
    caller.grpc(example)
    assert view.says(name, "Available", "True", "Serving")
    view.apply(scenario.fraud("fraud/1", name=name))
    view.wait_ready(name)


def test_image_that_can_not_be_pulled_is_told(stage: Stage, view: View) -> None:
    view.apply(broken("fraud", image="registry.invalid/none:1", imagePullPolicy="IfNotPresent"))
    assert "image registry.invalid/none:1 can not be pulled" in view.stalls("fraud", "ImagePullFailed")


def test_missing_secret_is_told(stage: Stage, view: View, example: Example) -> None:
    reference = {"secretKeyRef": {"name": "absent", "key": "token"}}
    view.apply(broken("fraud", env=[{"name": "TOKEN", "valueFrom": reference}]))
    assert 'secret "absent" not found' in view.stalls("fraud", "StartFailed")


def test_gateway_that_goes_is_told_and_serving_inside_goes_on(
    stage: Stage, view: View, example: Example
) -> None:
    behind = View(stage.cluster, scenario.GATEWAY["namespace"])
    gateway = behind.get("gateway", scenario.GATEWAY["name"])
    assert gateway is not None
    own = {
        "apiVersion": gateway["apiVersion"],
        "kind": "Gateway",
        "metadata": {"name": "own"},
        "spec": {
            "gatewayClassName": gateway["spec"]["gatewayClassName"],
            "listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}],
        },
    }
    view.apply(own)
    traffic = {"parentRefs": [{"name": "own"}], "hostnames": ["own.example.com"]}
    view.apply(scenario.fraud("fraud/1", traffic=traffic))
    eventually(
        "the route is accepted",
        lambda: view.says("fraud", "TrafficReady", "True", "RouteAccepted"),
        seconds=90,
    )
    view.kubectl("delete", "gateway", "own")
    eventually("gone", lambda: view.says("fraud", "TrafficReady", "False", "GatewayNotFound"), seconds=30)
    assert view.says("fraud", "Available", "True", "Serving")
    view.apply(own)
    eventually("back", lambda: view.says("fraud", "Ready", "True", "Serving"), seconds=60)


def test_hostname_that_another_has_is_told_and_the_other_keeps_it(
    stage: Stage, view: View, example: Example
) -> None:
    name = scenario.own_name(view)
    first = scenario.fraud("fraud/1", name=name)
    caller = stage.serve(view, first, example)
    view.apply(scenario.fraud("fraud/1", name="late", traffic=first["spec"]["traffic"]))
    message = view.stalls("late", "HostnameTaken")
    assert f"already served by HTTPRoute {view.namespace}/{name}" in message
    eventually("it serves inside", lambda: view.says("late", "Available", "True", "Serving"))
    caller.http(example)
    view.kubectl("delete", "mdep", name)
    eventually("it takes over", lambda: view.says("late", "Ready", "True", "Serving"), seconds=60)
