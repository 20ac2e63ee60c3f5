"""What kubectl shows of a ModelDeployment, and what it can do with it."""

from __future__ import annotations

import json

import pytest

from e2e.cluster.control_plane import ControlPlane
from sluiceway.api import ModelDeployment
from tests.support.cluster_view import Object, View, model_deployment
from tests.support.readers import ask, script

pytestmark = pytest.mark.integration


def test_explain_tells_what_a_field_is_for(control_plane: ControlPlane) -> None:
    runtime = control_plane.kubectl("explain", "mdep.spec.runtime")
    assert "How the model is run. A change here makes a new revision" in runtime
    assert "How long the model may take to load" in runtime
    assert "taken out of service" in control_plane.kubectl("explain", "mdep.spec.runtime.drain")


STATUS = {
    "conditions": [
        {
            "type": "Ready",
            "status": "False",
            "observedGeneration": 1,
            "lastTransitionTime": "2026-01-02T03:04:05Z",
            "reason": "Progressing",
            "message": "fraud-81d40 gets 25 %",
        }
    ],
    "observedGeneration": 1,
    "serving": "fraud-6f9c2",
    "candidate": "fraud-81d40",
    "candidateWeight": 25,
    "step": "2/4",
    "replicas": 4,
    "readyReplicas": 3,
    "selector": "sluiceway.dev/model-deployment=fraud",
    "image": "triton:1",
    "model": "models/fraud/7",
    "address": {"http": "http://fraud.models.svc:8000", "grpc": "fraud.models.svc:8001"},
}


def report(view: View, status: Object) -> None:
    patch = json.dumps({"status": status})
    view.kubectl("patch", "mdep", "fraud", "--subresource=status", "--type=merge", "-p", patch)


def words(line: str) -> str:
    return " ".join(line.split())


def test_columns_answer_which_revision_serves_and_why(view: View) -> None:
    view.apply(model_deployment("fraud"))
    report(view, STATUS)
    header, row = view.kubectl("get", "mdep").splitlines()
    assert words(header) == "NAME READY SERVING CANDIDATE WEIGHT STEP REASON AGE"
    assert words(row).startswith("fraud False fraud-6f9c2 fraud-81d40 25 2/4 Progressing ")
    header, row = view.kubectl("get", "sluiceway", "-o", "wide").splitlines()
    assert words(header).endswith(" AGE IMAGE MODEL REPLICAS MESSAGE")
    assert words(row).endswith(" triton:1 models/fraud/7 4 fraud-81d40 gets 25 %")


def test_status_is_kept_whole_and_read_back(view: View) -> None:
    view.apply(model_deployment("fraud"))
    report(view, STATUS)
    resource = view.get("mdep", "fraud")
    assert resource is not None
    assert resource["status"] == STATUS
    assert ModelDeployment.parse(resource).status.to_dict() == STATUS


def test_what_was_just_applied_is_not_taken_for_done(view: View) -> None:
    view.apply(model_deployment("fraud"))
    resource = view.get("mdep", "fraud")
    assert resource is not None
    assert resource["status"] == {"observedGeneration": -1}
    argo_cd, flux = ask([(resource, script("health.lua")), (resource, "")])
    assert argo_cd.value["status"] == "Progressing"
    assert flux.value == "InProgress"
    view.kubectl("diff", "-f", "-", stdin=json.dumps(model_deployment("fraud")))


def test_an_apply_does_not_touch_status(view: View) -> None:
    view.apply(model_deployment("fraud"))
    report(view, STATUS)
    view.apply(model_deployment("fraud", replicas=2) | {"status": {"serving": "mine"}})
    resource = view.get("mdep", "fraud")
    assert resource is not None
    assert resource["status"]["serving"] == "fraud-6f9c2"


def test_autoscalers_find_replicas_and_selector(view: View) -> None:
    view.apply(model_deployment("fraud"))
    report(view, STATUS)
    view.kubectl("scale", "mdep", "fraud", "--current-replicas=1", "--replicas=3")
    path = f"/apis/sluiceway.dev/v1alpha1/namespaces/{view.namespace}/modeldeployments/fraud/scale"
    scale = json.loads(view.kubectl("get", "--raw", path))
    assert scale["spec"] == {"replicas": 3}
    assert scale["status"] == {"replicas": 4, "selector": "sluiceway.dev/model-deployment=fraud"}
