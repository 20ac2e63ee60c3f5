"""A guarded pod with several models, some of which do what they should not: `e2e/models/faulty`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from e2e import scenario
from e2e.cluster.box import Box
from e2e.cluster.children import with_parent
from e2e.cluster.volumes import model_volume
from e2e.stage import Stage
from sluiceway.api import names
from sluiceway.build import triton
from tests.support.cluster_view import View
from tests.support.poll import eventually

SOURCES = scenario.MODELS / "faulty"


def faulty_pod(stage: Stage, view: View) -> str:
    """Run the pod that the operator renders for the model `faulty`; return its address.

    Its repository is the whole volume, not one model: an ensemble needs its models beside it, which a
    ModelDeployment does not offer.
    """
    assert isinstance(stage.cluster, Box), "the models are written to the box's own disk"
    volume = model_volume(stage.cluster, view.namespace, "faulty")
    for configuration in SOURCES.glob("*/config.pbtxt"):
        version = volume.directory / configuration.parent.name / "1"
        version.mkdir(parents=True)
        shutil.copy(configuration, version.parent)
        if 'platform: "ensemble"' not in configuration.read_text():
            shutil.copy(SOURCES / "model.py", version)
    view.apply(*volume.manifests, faulty(replicas=0))
    [deployment] = eventually("the operator has rendered it", lambda: view.list("deployments"))
    spec = deployment["spec"]["template"]["spec"]
    for mount in spec["containers"][0]["volumeMounts"]:
        if mount["name"] == triton.MODEL_VOLUME:
            mount.update(mountPath=names.MODEL_REPOSITORY_PATH, subPath="")
    # Without the labels of the revision: its ReplicaSet would count the pod as one too many.
    view.apply({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "faulty"}, "spec": spec})
    view.kubectl("wait", "--for=condition=Ready", "pod/faulty", "--timeout=60s")
    return str((view.get("pod", "faulty") or {})["status"]["podIP"])


def faulty(name: str = "faulty", **spec: Any) -> scenario.Object:
    """Return a ModelDeployment of `e2e/models/faulty`, which is on the claim of the same name."""
    resource = scenario.fraud("faulty", name=name, **{"traffic": None} | spec)
    resource["spec"]["model"]["name"] = "faulty"
    resource["spec"]["model"]["source"]["persistentVolumeClaim"]["claimName"] = "faulty"
    resource["spec"]["runtime"]["args"].append("--disable-auto-complete-config")
    return resource


def inside(box: Box, module: str, *arguments: str) -> Iterator[Any]:
    """Run a module of this repository where pods' addresses lead to them; yield its lines of JSON."""
    command = with_parent(box.inside([sys.executable, "-m", module, *arguments]))
    environment = os.environ | {"PYTHONPATH": f"{scenario.ROOT}:{scenario.ROOT / 'operator'}"}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield from map(json.loads, process.stdout)
    assert process.returncode == 0, f"{module} ended with status {process.returncode}"
