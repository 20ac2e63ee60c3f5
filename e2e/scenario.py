"""The pieces that the demo, the end-to-end tests and the bench put on a cluster."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from e2e import waiting
from e2e.client import Example
from e2e.cluster import addons, images, settings, volumes
from e2e.cluster.box import Box
from e2e.cluster.interface import Cluster
from sluiceway.api import names
from tests.support.cluster_view import View

ROOT = Path(__file__).parents[1]
MODELS = ROOT / "e2e" / "models"
OWN = settings.from_environment()
"""What the user says of a cluster of their own; None where a box is made."""
SYSTEM = "sluiceway-trial" if OWN else "sluiceway-system"
"""The operator's namespace; in a cluster of the user's not the one that an install of theirs would have."""
GATEWAY = OWN.parent if OWN else {"name": addons.GATEWAY, "namespace": addons.GATEWAY_NAMESPACE}
PULL_POLICY = "IfNotPresent" if OWN else "Never"
START_SECONDS = 900.0 if OWN else 120.0
"""Until a container runs: somebody else's node may first have to pull a gigabyte."""
JOB_USER = 1000

Object = dict[str, Any]


def triton_image() -> str:
    """Return the image with Triton and torch that the cluster's nodes have or can pull."""
    return OWN.triton_image if OWN else images.reference("triton-cpu")


def guard_image() -> str:
    """Return the image with Envoy; in a cluster of the user's the official one, unless they say another."""
    return OWN.guard_image if OWN else images.reference("envoy")


def install_operator(cluster: Cluster, image: str, *settings: str) -> None:
    """Install the operator from its chart and wait until it runs."""
    repository, tag = image.rsplit(":", 1)
    cluster.helm(
        "upgrade", "--install", "sluiceway", str(ROOT / "charts" / "sluiceway"),
        "--namespace", SYSTEM, "--create-namespace",
        "--set-string", f"image.repository={repository},image.tag={tag},image.pullPolicy={PULL_POLICY},"
        f"guard.image={guard_image()}",
        *(part for setting in settings for part in ("--set", setting)),
    )  # fmt: skip
    waiting.deployment_ready(View(cluster, SYSTEM), "sluiceway", seconds=START_SECONDS)


def kill_operator(cluster: Cluster) -> None:
    """End the operator without time to say or write anything; another pod follows at once.

    On a cluster whose nodes are not ours it gets SIGTERM and two seconds, kubelet's least.
    """
    system = View(cluster, SYSTEM)
    [pod] = system.list("pods", "app.kubernetes.io/name=sluiceway")
    if isinstance(cluster, Box):
        cluster.kill_container(pod["status"]["containerStatuses"][0]["containerID"])
    # In the same pod the next process would have to wait, longer each time (CrashLoopBackOff).
    system.kubectl("delete", "pod", pod["metadata"]["name"], "--force", "--grace-period=0")


def export_fraud(
    view: View, path: str, *, seed: int = 7, claim: str = "models", failing_share: float = 0.0
) -> Example:
    """Train and export the torch model to *path* on the claim, in the cluster; return its examples."""
    name = f"export-{path.replace('/', '-')}"
    view.kubectl("delete", "job", name, "--ignore-not-found")
    options = ["--seed", str(seed), "--failing-share", str(failing_share)]
    view.apply(
        fraud_source(), job(name, ["python3", "/source/export.py", f"/models/{path}", *options], claim)
    )
    waiting.job_complete(view, name, seconds=START_SECONDS)
    return Example.parse(view.kubectl("logs", f"job/{name}").strip().splitlines()[-1])


def fraud_source() -> Object:
    """Return the ConfigMap with the sources of `fraud`, which jobs have at /source."""
    files = {file.name: file.read_text() for file in (MODELS / "fraud").iterdir() if file.is_file()}
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "fraud-source"}, "data": files}


def script_job(name: str, script: str, claim: str = "models") -> Object:
    """Return a Job that runs a shell script with the claim at /models."""
    return job(name, ["sh", "-ec", script], claim)


def in_pod(view: View, script: str, *, claim: str = "models") -> None:
    """Change files on the claim, as somebody who may write there."""
    view.apply(script_job("change", script, claim))
    waiting.job_complete(view, "change", seconds=START_SECONDS)
    view.kubectl("delete", "job", "change")


def put_files(view: View, files: Mapping[str, bytes], *, claim: str = "models") -> None:
    """Put files on the claim, by their paths there; on a box straight into its folder."""
    if isinstance(view.cluster, Box):
        folder = volumes.folder(view.cluster, view.namespace, claim)
        for path, content in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        volumes.give(folder, JOB_USER)
        return
    lines = []
    for path, content in files.items():
        text = base64.b64encode(content).decode()
        lines.append(f"mkdir -p $(dirname /models/{path}); echo {text} | base64 -d > /models/{path}")
    in_pod(view, "\n".join(lines), claim=claim)


def job(name: str, command: list[str], claim: str = "models") -> Object:
    """Return a Job that runs a command with the claim at /models and the sources of `fraud` at /source."""
    container = {
        "name": "job",
        "image": triton_image(),
        "imagePullPolicy": PULL_POLICY,
        "command": command,
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [
            {"name": "source", "mountPath": "/source"},
            {"name": "models", "mountPath": "/models"},
        ],
    }
    spec = {
        "restartPolicy": "Never",
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": JOB_USER,
            "fsGroup": JOB_USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [container],
        "volumes": [
            {"name": "source", "configMap": {"name": "fraud-source", "optional": True}},
            {"name": "models", "persistentVolumeClaim": {"claimName": claim}},
        ],
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": {"backoffLimit": 0, "template": {"spec": spec}},
    }


def fraud(path: str, *, name: str = "fraud", **spec: Any) -> Object:
    """Return a ModelDeployment of the torch model at *path* on the claim `models`."""
    given: Object = {
        "model": {"source": {"persistentVolumeClaim": {"claimName": "models", "path": path}}},
        "runtime": {
            "image": triton_image(),
            "imagePullPolicy": PULL_POLICY,
            "args": ["--allow-gpu-metrics=false"],
            "resources": {"requests": {"cpu": "100m", "memory": "400Mi"}, "limits": {"memory": "1Gi"}},
        },
        "traffic": {"parentRefs": [GATEWAY], "hostnames": [f"{name}.example.com"]},
    }
    return {
        "apiVersion": "sluiceway.dev/v1alpha1",
        "kind": "ModelDeployment",
        "metadata": {"name": name},
        "spec": {group: value for group, value in (given | spec).items() if value is not None},
    }


def own_name(view: View) -> str:
    """Return a name for a ModelDeployment whose hostname no other test has."""
    return f"fraud-{view.namespace.removeprefix('test-')}"


def as_yaml(*objects: Object) -> str:
    """Return manifests as a user would keep them."""
    return yaml.safe_dump_all(objects, sort_keys=False)


def conditions(resource: Object) -> dict[str, Object]:
    """Return the conditions of a ModelDeployment by type."""
    found = (resource.get("status") or {}).get("conditions") or []
    return {condition["type"]: condition for condition in found}


def events(view: View, name: str) -> list[str]:
    """Return what the operator said of a ModelDeployment, oldest first."""
    text = view.kubectl("get", "events.events.k8s.io", "-o", "json")
    told = [
        event
        for event in json.loads(text)["items"]
        if (event["regarding"].get("kind"), event["regarding"].get("name")) == (names.KIND, name)
    ]
    return [
        f"{event['reason']}: {event['note']}" for event in sorted(told, key=lambda event: event["eventTime"])
    ]
