"""The CRD on a real API server: what it accepts, and what it refuses in which words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from e2e.cluster.control_plane import ControlPlane
from e2e.cluster.progress import ClusterError
from sluiceway.api import ModelDeployment
from sluiceway.build.pod import pod_template
from tests.integration.definitions import CRDS
from tests.integration.dry_run import applied
from tests.integration.refusals import Refusal, changed, refusals
from tests.integration.refused_objectives import AN_SLO, BOUNDS
from tests.integration.samples import everything, everything_by_keda, everything_linear
from tests.support.cluster_view import model_deployment
from tests.unit.api.schemas import places, resource_schema

pytestmark = pytest.mark.integration


@pytest.mark.parametrize("case", refusals(), ids=lambda case: f"{case.field}={case.value}"[:60])
def test_mistakes_are_answered_with_what_to_do(control_plane: ControlPlane, case: Refusal) -> None:
    with pytest.raises(ClusterError) as refused:
        applied(control_plane, changed(case.path, case.value))
    field, _, answer = str(refused.value).partition(" is invalid: ")[2].partition(": Invalid value: ")
    assert field == case.field
    assert answer == case.message or answer.endswith(f": {case.message}")


def test_every_rule_has_a_sample() -> None:
    rules = [
        one["message"]
        for _, place in places(resource_schema())
        for one in place.get("x-kubernetes-validations", [])
        # What is about a change has its tests in test_autoscaling_rules.py.
        if "oldSelf" not in one["rule"]
    ]
    assert {case.message for case in refusals()} == set(rules)


@pytest.mark.parametrize(
    ("path", "value", "answer"),
    [
        ("spec.replicas", -1, "should be greater than or equal to 0"),
        ("spec.replicas", 1001, "should be less than or equal to 1000"),
        ("spec.autoscaling", {"maxReplicas": 5, "metrics": []}, "should have at least 1 items"),
        ("spec.autoscaling", {"maxReplicas": 1001, "metrics": []}, "should be less than or equal to 1000"),
        ("spec.autoscaling", {"minReplicas": -1, "maxReplicas": 1}, "should be greater than or equal to 0"),
        ("spec.autoscaling", {"metrics": []}, "spec.autoscaling.maxReplicas: Required value"),
        ("spec.runtime.startupSeconds", 9, "should be greater than or equal to 10"),
        ("spec.runtime.drain", {"requestSeconds": 0}, "should be greater than or equal to 1"),
        ("spec.runtime.imagePullPolicy", "Sometimes", 'supported values: "Always", "IfNotPresent", "Never"'),
        ("spec.runtime.env", [{"name": "A", "value": "1"}] * 2, "Duplicate value"),
        ("spec.runtime", {"args": []}, "spec.runtime.image: Required value"),
        ("spec.model", {"name": "a"}, "spec.model.source: Required value"),
        ("spec.model.source", {}, "spec.model.source.persistentVolumeClaim: Required value"),
        ("spec.rollout", {"strategy": "Sideways"}, 'supported values: "Canary", "BlueGreen", "AllAtOnce"'),
        ("spec.rollout", {"linear": {"weight": 0}}, "should be greater than or equal to 1"),
        ("spec.rollout", {"linear": {"weight": 101}}, "should be less than or equal to 100"),
        ("spec.rollout", {"steps": [{"seconds": 5}]}, "spec.rollout.steps[0].weight: Required value"),
        ("spec.rollout", {"historyLimit": 0}, "should be greater than or equal to 1"),
        ("spec.rollout", {"bakeSeconds": -1}, "should be greater than or equal to 0"),
        *BOUNDS,
        ("spec.traffic", {"hostnames": ["a.example"]}, "spec.traffic.parentRefs: Required value"),
        ("spec.traffic", {"parentRefs": [], "match": "ModelPath"}, "should have at least 1 items"),
        ("spec.runtime.hostNetwork", True, 'unknown field "spec.runtime.hostNetwork"'),
        ("spec.runtime.volumes", [{"name": "v", "hostPath": {}}], 'field "spec.runtime.volumes[0].hostPath"'),
    ],
)  # fmt: skip
def test_bounds_and_unknown_fields_are_refused(
    control_plane: ControlPlane, path: str, value: Any, answer: str
) -> None:
    with pytest.raises(ClusterError) as refused:
        applied(control_plane, changed(path, value))
    assert answer in str(refused.value)


def test_the_operator_reads_the_defaults_that_the_server_fills_in(control_plane: ControlPlane) -> None:
    traffic = {"parentRefs": [{"name": "public"}], "hostnames": ["a.example"]}
    sent = model_deployment("fraud", traffic=traffic, slo=AN_SLO)
    stored = applied(control_plane, sent)
    sent["metadata"]["namespace"] = "default"
    assert stored["spec"] == ModelDeployment.parse(sent).spec.to_dict()


@pytest.mark.parametrize("written", [everything, everything_linear, everything_by_keda])
def test_every_field_is_accepted_and_kept(
    control_plane: ControlPlane, written: Callable[[], dict[str, Any]]
) -> None:
    spec = written()
    stored = applied(control_plane, model_deployment("fraud", **spec))
    assert stored["spec"] == spec
    spec["runtime"]["resources"]["limits"]["nvidia.com/gpu"] = "1"
    assert ModelDeployment.parse(stored).spec.to_dict() == spec


def test_the_sample_of_every_field_has_every_field() -> None:
    def written(value: Any, path: str) -> Iterator[str]:
        yield path
        for key, inner in value.items() if isinstance(value, dict) else ():
            yield from written(inner, f"{path}.{key}")
        for inner in value if isinstance(value, list) else ():
            yield from written(inner, f"{path}[]")

    fields = {path for path, _ in places(resource_schema()["properties"]["spec"]) if "{}" not in path}
    samples = (everything(), everything_linear(), everything_by_keda())
    given = {path for sample in samples for path in written(sample, "")}
    assert fields - given == set()


def test_every_field_for_pods_is_one_that_pods_have(control_plane: ControlPlane) -> None:
    resource = model_deployment("fraud", **everything())
    resource["metadata"]["namespace"] = "default"
    owner = ModelDeployment.parse(resource)
    template = pod_template(owner, "fraud-6f9c2")
    selector = {"matchLabels": {"sluiceway.dev/revision": "fraud-6f9c2"}}
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "fraud-6f9c2"},
        "spec": {"selector": selector, "template": template},
    }
    stored = applied(control_plane, deployment)["spec"]["template"]["spec"]
    given = owner.spec.runtime.to_dict()
    assert stored["affinity"] == given["affinity"]
    assert stored["topologySpreadConstraints"] == given["topologySpreadConstraints"]


def test_names_that_fit(control_plane: ControlPlane) -> None:
    for name in ("a", "a" * 45, "fraud-7-x"):
        assert applied(control_plane, model_deployment(name))["metadata"]["name"] == name


def test_the_crd_can_be_applied_from_either_side(control_plane: ControlPlane) -> None:
    control_plane.kubectl("apply", "-f", CRDS)
    kept = control_plane.kubectl("get", "-f", CRDS, "-o", "yaml")
    assert "kubectl.kubernetes.io/last-applied-configuration" in kept
    control_plane.kubectl("apply", "--server-side", "-f", CRDS)
    conditions = "jsonpath={range .items[*].status.conditions[*]}{.type}={.status} {end}"
    assert "NonStructuralSchema" not in control_plane.kubectl("get", "crd", "-o", conditions)
