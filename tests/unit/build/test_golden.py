"""Every object that the operator writes, as YAML to read."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from sluiceway.build.autoscaler import autoscaler
from sluiceway.build.guard.files import guard_config
from sluiceway.build.objects import Object
from sluiceway.build.pod import pod_template
from sluiceway.build.route import http_route
from sluiceway.build.scaled_object import scaled_object
from sluiceway.build.workload import (
    controller_revision,
    deployment,
    disruption_budget,
    revision_service,
    serving_service,
)
from sluiceway.core.revision import wanted
from tests.conftest import Golden
from tests.fakes.objects import HOSTNAME, MODEL_PATH, make_resource
from tests.unit.build.everything import EVERY_RUNTIME_FIELD

REVISION = "fraud-1a2b3"


def record() -> Object:
    owner = make_resource()
    revision = wanted(owner, [])
    return controller_revision(owner, revision.name, number=revision.number, data=revision.data)


def pods(runtime: Object, replicas: int, guard: str = "Enabled") -> Object:
    owner = make_resource(runtime=runtime, guard=guard)
    return deployment(owner, REVISION, template=pod_template(owner, REVISION), replicas=replicas)


def route(traffic: Object, **weights: int) -> Object:
    owner = make_resource(traffic=traffic)
    assert owner.spec.traffic
    revisions = {name.replace("_", "-"): weight for name, weight in weights.items()}
    return http_route(owner, owner.spec.traffic, revisions)


def scaled() -> Object:
    metrics: list[Object] = [
        {"type": "CPU", "targetPercent": 80},
        {"type": "Memory", "targetPercent": 75},
        {"type": "PendingRequests", "targetPerPod": 4},
        {"type": "QueueTime", "targetPercent": 50},
        {"type": "GPUUtilization", "targetPercent": 90},
        {"type": "Raw", "metric": RAW},
    ]
    given = {
        "maxReplicas": 8,
        "metrics": metrics,
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": 0}},
    }
    owner = make_resource(autoscaling=given)
    assert owner.spec.autoscaling
    return autoscaler(owner, REVISION, owner.spec.autoscaling, floor=2, most=8)


RAW = {
    "type": "External",
    "external": {
        "metric": {"name": "queue_length", "selector": {"matchLabels": {"queue": "fraud"}}},
        "target": {"type": "AverageValue", "averageValue": "30"},
    },
}


def scaled_to_zero() -> Object:
    waiting: Object = {"type": "PendingRequests", "targetPerPod": 4}
    given = {
        "class": "ScaledObject",
        "minReplicas": 0,
        "maxReplicas": 8,
        "metrics": [
            waiting,
            {"type": "Raw", "trigger": {"type": "cron", "metadata": {"start": "0 8 * * 1-5"}}},
        ],
        "prometheus": {"serverAddress": "http://prometheus:9090"},
        "pollingSeconds": 5,
    }
    owner = make_resource(autoscaling=given)
    assert owner.spec.autoscaling
    return scaled_object(owner, REVISION, owner.spec.autoscaling, floor=0, most=8)


def scaled_by_keda() -> Object:
    metrics: list[Object] = [
        {"type": "CPU", "targetPercent": 80},
        {"type": "Memory", "targetPercent": 75},
        {"type": "PendingRequests", "targetPerPod": "1500m"},
        {"type": "QueueTime", "targetPercent": 50},
        {"type": "GPUUtilization", "targetPercent": 90},
        {"type": "Raw", "trigger": TRIGGER},
    ]
    by = {"kind": "ClusterTriggerAuthentication", "name": "prometheus"}
    given = {
        "class": "ScaledObject",
        "maxReplicas": 8,
        "metrics": metrics,
        "behavior": {"scaleDown": {"stabilizationWindowSeconds": 0}},
        "prometheus": {"serverAddress": "http://prometheus:9090/", "authenticationRef": by},
    }
    owner = make_resource(autoscaling=given)
    assert owner.spec.autoscaling
    return scaled_object(owner, REVISION, owner.spec.autoscaling, floor=2, most=8)


TRIGGER = {
    "type": "prometheus",
    "metricType": "Value",
    "metadata": {
        "serverAddress": "http://prometheus:9090",
        "query": 'sum(jobs{namespace="{{namespace}}",model="{{name}}",revision="{{revision}}"})',
        "threshold": "30",
    },
    "authenticationRef": {"name": "prometheus"},
}


class WrittenOut(yaml.SafeDumper):
    """YAML as people write it: what is used twice is written twice."""

    def ignore_aliases(self, data: object) -> bool:
        return True


OBJECTS = {
    "controllerrevision": record(),
    "deployment-minimal": pods({}, 1),
    "deployment-with-everything": pods(EVERY_RUNTIME_FIELD, 3),
    "deployment-without-a-guard": pods({}, 1, guard="Disabled"),
    "configmap-of-the-guard": guard_config(make_resource(), REVISION, model="fraud", key="0a1b2c"),
    "service-of-a-revision": revision_service(make_resource(), REVISION),
    "service-of-the-serving-revision": serving_service(make_resource(), REVISION),
    "httproute-hostname": route(HOSTNAME, fraud_1a2b3=100),
    "httproute-model-path": route(
        MODEL_PATH
        | {"parentRefs": [{"name": "shared", "namespace": "infra", "sectionName": "https", "port": 443}]},
        fraud_1a2b3=75,
        fraud_4c5d6=25,
    ),
    "horizontalpodautoscaler": scaled(),
    "scaledobject": scaled_by_keda(),
    "scaledobject-from-zero": scaled_to_zero(),
    "poddisruptionbudget": disruption_budget(make_resource(), REVISION, replicas=2),
}


@pytest.mark.parametrize("name", OBJECTS)
def test_the_object_is_written_as(name: str, golden: Golden) -> None:
    text = yaml.dump(OBJECTS[name], Dumper=WrittenOut, sort_keys=False, width=110)
    golden(Path(__file__).parent / "golden" / f"{name}.yaml", text)
