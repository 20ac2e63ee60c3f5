"""Bad input and faults on a real cluster: each is told in a condition, and what serves goes on."""

from __future__ import annotations

import json
from typing import Any

import pytest

from e2e import scenario
from e2e.client import Example
from e2e.stage import Stage
from e2e.test_serving import READY, TIMEOUT, hostname
from tests.support.cluster_view import View
from tests.support.poll import eventually

pytestmark = pytest.mark.e2e


def stalls(view: View, name: str, reason: str, *, seconds: float = 60) -> str:
    """Wait until the resource says that it is stalled for this reason; return its message."""
    condition = eventually(
        f"Stalled/{reason}", lambda: view.says(name, "Stalled", "True", reason), seconds=seconds
    )
    assert view.says(name, "Ready", "False", reason)
    return str(condition["message"])


def broken(name: str, **runtime: Any) -> scenario.Object:
    """Return the torch model's resource with these fields of the runtime replaced."""
    resource = scenario.fraud("fraud/1", name=name)
    resource["spec"]["runtime"] |= runtime
    return resource


def in_pod(view: View, script: str) -> None:
    """Change files on the claim `models`, as somebody who may write there."""
    view.apply(scenario.script_job("change", script))
    view.kubectl("wait", "--for=condition=Complete", "job/change", TIMEOUT)
    view.kubectl("delete", "job", "change")


def test_missing_claim_is_named_and_recovers_when_it_appears(stage: Stage, view: View) -> None:
    resource = scenario.fraud("fraud/1", name="fraud", traffic=None)
    resource["spec"]["model"]["source"]["persistentVolumeClaim"]["claimName"] = "later"
    view.apply(resource)
    message = stalls(view, "fraud", "ClaimNotFound")
    assert "PersistentVolumeClaim later does not exist in this namespace" in message
    view.apply(*stage.claim(view.namespace, "later"))
    scenario.export_fraud(view, "fraud/1", claim="later")
    view.kubectl("wait", READY, "mdep/fraud", TIMEOUT)


def test_claim_on_another_node_is_told(stage: Stage, view: View) -> None:
    volume, claim = stage.claim(view.namespace, "elsewhere", ("ReadWriteOnce",))
    volume["spec"]["nodeAffinity"] = {"required": {"nodeSelectorTerms": [
        {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": ["another"]}]}
    ]}}  # fmt: skip
    view.apply(volume, claim)
    resource = scenario.fraud("fraud/1", traffic=None)
    resource["spec"]["model"]["source"]["persistentVolumeClaim"]["claimName"] = "elsewhere"
    view.apply(resource)
    assert "use a claim with ReadOnlyMany or ReadWriteMany" in stalls(view, "fraud", "ClaimNotReachable")


def test_model_without_a_version_directory_is_told_in_tritons_words(
    stage: Stage, view: View, example: Example
) -> None:
    in_pod(view, "mv /models/fraud/1/1 /models/fraud/1/hidden")
    view.apply(scenario.fraud("fraud/1", traffic=None))
    message = stalls(view, "fraud", "LoadFailed")
    assert "version" in message
    in_pod(view, "mv /models/fraud/1/hidden /models/fraud/1/1")
    view.kubectl("wait", READY, "mdep/fraud", TIMEOUT)


def test_error_in_the_models_configuration_is_told_and_the_old_revision_serves(
    stage: Stage, view: View, example: Example
) -> None:
    name = hostname(view)
    view.apply(scenario.fraud("fraud/1", name=name))
    view.kubectl("wait", READY, f"mdep/{name}", TIMEOUT)
    in_pod(
        view,
        "cd /models/fraud; cp -r 1 2; echo 'max_batch_size: many' >> 2/config.pbtxt",
    )
    view.apply(scenario.fraud("fraud/2", name=name))
    message = stalls(view, name, "LoadFailed")
    assert "goes on serving" in message
    stage.caller(name).http(example)
    stage.caller(name).grpc(example)
    assert view.says(name, "Available", "True", "Serving")
    view.apply(scenario.fraud("fraud/1", name=name))
    view.kubectl("wait", READY, f"mdep/{name}", TIMEOUT)


def test_image_that_can_not_be_pulled_is_told(stage: Stage, view: View) -> None:
    view.apply(broken("fraud", image="registry.invalid/none:1", imagePullPolicy="IfNotPresent"))
    assert "image registry.invalid/none:1 can not be pulled" in stalls(view, "fraud", "ImagePullFailed")


def test_missing_secret_is_told(stage: Stage, view: View, example: Example) -> None:
    reference = {"secretKeyRef": {"name": "absent", "key": "token"}}
    view.apply(broken("fraud", env=[{"name": "TOKEN", "valueFrom": reference}]))
    assert 'secret "absent" not found' in stalls(view, "fraud", "StartFailed")


def test_gateway_that_goes_is_told_and_serving_inside_goes_on(
    stage: Stage, view: View, example: Example
) -> None:
    gateway = json.loads(stage.cluster.kubectl("-n", "gateway", "get", "gateway", "public", "-o", "json"))
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
    name = hostname(view)
    first = scenario.fraud("fraud/1", name=name)
    view.apply(first)
    view.kubectl("wait", READY, f"mdep/{name}", TIMEOUT)
    view.apply(scenario.fraud("fraud/1", name="late", traffic=first["spec"]["traffic"]))
    message = stalls(view, "late", "HostnameTaken")
    assert f"already served by HTTPRoute {view.namespace}/{name}" in message
    eventually("it serves inside", lambda: view.says("late", "Available", "True", "Serving"))
    stage.caller(name).http(example)
    view.kubectl("delete", "mdep", name)
    eventually("it takes over", lambda: view.says("late", "Ready", "True", "Serving"), seconds=60)
