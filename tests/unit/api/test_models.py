"""Reading a ModelDeployment, and writing parts of it again."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from sluiceway.api import (
    Condition,
    Drain,
    Match,
    ModelDeployment,
    ModelDeploymentSpec,
    ModelDeploymentStatus,
    Runtime,
    Volume,
)

FRAUD = """
apiVersion: sluiceway.dev/v1alpha1
kind: ModelDeployment
metadata: {name: fraud, namespace: models}
spec:
  model:
    source:
      persistentVolumeClaim: {claimName: models, path: fraud/7}
  runtime:
    image: nvcr.io/nvidia/tritonserver:26.07-py3
    resources: {limits: {nvidia.com/gpu: 1}}
  replicas: 3
  traffic:
    parentRefs: [{name: public}]
    hostnames: [fraud.example.com]
"""


def fraud() -> dict[str, Any]:
    resource: dict[str, Any] = yaml.safe_load(FRAUD)
    return resource


def test_the_example_reads() -> None:
    read = ModelDeployment.parse(fraud())
    assert read.metadata.name == "fraud"
    assert read.spec.model.source.persistent_volume_claim.path == "fraud/7"
    assert read.spec.runtime.drain == Drain(endpoint_seconds=5, request_seconds=10)
    assert read.spec.traffic is not None
    assert read.spec.traffic.match is Match.HOSTNAME
    assert read.status == ModelDeploymentStatus()


def test_the_model_is_called_as_the_resource_unless_it_has_a_name() -> None:
    resource = fraud()
    assert ModelDeployment.parse(resource).model_name == "fraud"
    resource["spec"]["model"]["name"] = "Fraud_v2"
    assert ModelDeployment.parse(resource).model_name == "Fraud_v2"


def test_a_field_of_a_newer_crd_is_ignored() -> None:
    resource = fraud()
    resource["spec"]["runtime"]["speed"] = {"of": "light"}
    assert ModelDeployment.parse(resource) == ModelDeployment.parse(fraud())


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("spec.runtime.image", None),
        ("spec.runtime.startupSeconds", 9),
        ("spec.runtime.resources", {"limits": {"cpu": True}}),
        ("spec.runtime.resources", {"limits": {"cpu": 0.5}}),
        ("spec.runtime.imagePullPolicy", "Sometimes"),
        ("spec.replicas", 1001),
        ("spec.autoscaling", {"maxReplicas": 2, "metrics": [{"type": "CPU"}]}),
        ("spec.autoscaling", {"maxReplicas": 2, "metrics": [{"type": "PendingRequests"}]}),
        ("spec.autoscaling", {"maxReplicas": 2, "metrics": [{"type": "Raw", "targetPercent": 80}]}),
        ("spec.traffic.parentRefs", []),
        ("spec.traffic.match", "Header"),
        ("spec.model.source", {}),
    ],
)
def test_what_the_schema_refuses_is_refused_here_too(path: str, value: Any) -> None:
    resource = fraud()
    *parents, last = path.split(".")
    place = resource
    for name in parents:
        place = place[name]
    place[last] = value
    with pytest.raises(ValidationError) as refused:
        ModelDeployment.parse(resource)
    assert refused.value.error_count() == 1
    assert ".".join(map(str, refused.value.errors()[0]["loc"])).startswith(path)


def test_amounts_are_read_as_text() -> None:
    runtime = Runtime.model_validate({"image": "x", "resources": {"limits": {"cpu": 2, "memory": "1Gi"}}})
    assert runtime.resources.limits == {"cpu": "2", "memory": "1Gi"}


def test_what_was_read_is_written_with_defaults_and_without_what_is_absent() -> None:
    spec = ModelDeployment.parse(fraud()).spec
    assert spec.to_dict() == {
        "model": {"source": {"persistentVolumeClaim": {"claimName": "models", "path": "fraud/7"}}},
        "runtime": {
            "image": "nvcr.io/nvidia/tritonserver:26.07-py3",
            "imagePullPolicy": "IfNotPresent",
            "resources": {"limits": {"nvidia.com/gpu": "1"}},
            "sharedMemory": "64Mi",
            "startupSeconds": 1800,
            "drain": {"endpointSeconds": 5, "requestSeconds": 10},
        },
        "guard": "Enabled",
        "replicas": 3,
        "traffic": {
            "parentRefs": [{"name": "public"}],
            "match": "Hostname",
            "hostnames": ["fraud.example.com"],
        },
        "rollout": {
            "strategy": "Canary",
            "preview": "Enabled",
            "allowSignatureChange": False,
            "historyLimit": 10,
        },
    }
    assert ModelDeploymentSpec.model_validate(spec.to_dict()) == spec


def test_an_empty_object_is_something() -> None:
    assert Volume.model_validate({"name": "cache", "emptyDir": {}}).to_dict() == {
        "name": "cache",
        "emptyDir": {},
    }


def test_python_names_are_kept_when_asked_for() -> None:
    assert Drain().model_dump() == {"endpoint_seconds": 5, "request_seconds": 10}
    assert "image_pull_secrets" not in Runtime(image="x").model_dump()


def test_nothing_changes_after_it_was_read() -> None:
    drain = Drain()
    with pytest.raises(ValidationError, match="frozen"):
        drain.request_seconds = 3  # type: ignore[misc]


def test_a_condition_keeps_its_words() -> None:
    written = {
        "type": "Ready",
        "status": "False",
        "observedGeneration": 2,
        "lastTransitionTime": "2026-01-02T03:04:05Z",
        "reason": "LoadFailed",
        "message": "fraud-6f9c2 does not load",
    }
    assert Condition.model_validate(written).to_dict() == written
