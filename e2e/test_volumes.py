"""What is wrong with the volume that a model is on: each is told, and over when it is mended."""

from __future__ import annotations

import json

import pytest

from e2e import ailing, scenario
from e2e.stage import Stage
from tests.support.cluster_view import View
from tests.support.poll import eventually

pytestmark = pytest.mark.e2e


def from_claim(name: str) -> scenario.Object:
    """Return the torch model's resource with its model on another claim, for callers inside."""
    resource = scenario.fraud("fraud/1", traffic=None)
    resource["spec"]["model"]["source"]["persistentVolumeClaim"]["claimName"] = name
    return resource


def pinned(volume: scenario.Object, node: str) -> scenario.Object:
    """Return *volume* as one that only *node* can reach."""
    term = {"matchExpressions": [{"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}]}
    affinity = {"nodeAffinity": {"required": {"nodeSelectorTerms": [term]}}}
    return volume | {"spec": volume["spec"] | affinity}


def test_missing_claim_is_named_and_recovers_when_it_appears(stage: Stage, view: View) -> None:
    view.apply(from_claim("later"))
    message = view.stalls("fraud", "ClaimNotFound")
    assert "PersistentVolumeClaim later does not exist in this namespace" in message
    view.apply(*stage.claim(view.namespace, "later"))
    ailing.well(view, "fraud/1", claim="later")
    view.wait_ready("fraud")


@pytest.mark.box
def test_claim_without_a_volume_is_told_and_waited_for(stage: Stage, view: View) -> None:
    volume, claim = stage.claim(view.namespace, "later")
    view.apply(claim | {"spec": {**claim["spec"], "volumeName": ""}}, from_claim("later"))
    condition = eventually("told", lambda: view.says("fraud", "Ready", "False", "ClaimNotReachable"))
    assert "PersistentVolumeClaim later has no volume yet" in condition["message"]
    assert view.says("fraud", "Stalled", "False", "NotStalled")
    view.apply(volume)
    ailing.well(view, "fraud/1", claim="later")
    view.wait_ready("fraud")


@pytest.mark.box
def test_claim_on_another_node_is_told(stage: Stage, view: View) -> None:
    volume, claim = stage.claim(view.namespace, "elsewhere", ("ReadWriteOnce",))
    view.apply(pinned(volume, "another"), claim, from_claim("elsewhere"))
    assert "use a claim with ReadOnlyMany or ReadWriteMany" in view.stalls("fraud", "ClaimNotReachable")


@pytest.mark.box
def test_path_that_is_not_on_the_volume_is_told_with_its_field(stage: Stage, view: View) -> None:
    volume, claim = stage.claim(view.namespace, "local")
    # On a hostPath kubelet would create it: only here the volume can not be written by the pod's node.
    volume["spec"]["local"] = {"path": volume["spec"].pop("hostPath")["path"]}
    [node] = json.loads(stage.cluster.kubectl("get", "nodes", "-o", "json"))["items"]
    view.apply(pinned(volume, node["metadata"]["name"]), claim, from_claim("local"))
    message = view.stalls("fraud", "StartFailed")
    assert "fraud/1 does not exist on the volume of PersistentVolumeClaim local: put it there" in message
    assert "correct spec.model.source.persistentVolumeClaim.path" in message
    ailing.well(view, "fraud/1", claim="local")
    view.wait_ready("fraud")
