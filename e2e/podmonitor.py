"""What a PodMonitor of the Prometheus operator makes of the pods of a cluster, without that operator.

Debian's Prometheus is built without its Kubernetes discovery: the labels with which that describes a pod come
from a file here. What becomes of them is up to Prometheus, by the rules that the Prometheus operator writes
for a PodMonitor (prometheus-operator, `pkg/prometheus/promcfg.go`).
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from e2e.cluster.box import Box
from e2e.scraping import Job
from e2e.watching import Heard, Watching

Object = dict[str, Any]


@contextmanager
def scraped(box: Box, namespace: str, monitor: Object) -> Iterator[Job]:
    """Give the job of a PodMonitor in *namespace*; its targets come and go with the pods.

    :raises ValueError: when it asks for something that is not offered here.
    """
    rules = relabelling(monitor["spec"])
    with tempfile.TemporaryDirectory(dir=box.directory, prefix="targets-") as folder:
        file = Path(folder, "pods.json")
        file.write_text("[]")
        found: dict[str, list[Object]] = {}

        def told(heard: Heard) -> None:
            pod = heard.obj
            found[pod["metadata"]["uid"]] = [] if heard.gone else list(_targets(pod))
            # Prometheus looks as soon as the file changes: it may never see half of it.
            replacement = file.with_suffix(".new")
            replacement.write_text(json.dumps([target for each in found.values() for target in each]))
            replacement.rename(file)

        with Watching(box, f"/api/v1/namespaces/{namespace}/pods", told=told):
            where = {"file_sd_configs": [{"files": [str(file)]}], "relabel_configs": rules}
            yield Job(f"{namespace}/{monitor['metadata']['name']}", found=where)


def _targets(pod: Object) -> Iterator[Object]:
    """Yield a pod's ports as Prometheus' discovery of Kubernetes describes them."""
    labels = {
        "__meta_kubernetes_namespace": pod["metadata"]["namespace"],
        "__meta_kubernetes_pod_name": pod["metadata"]["name"],
        "__meta_kubernetes_pod_phase": pod["status"]["phase"],
    }
    for key, value in pod["metadata"].get("labels", {}).items():
        labels[f"__meta_kubernetes_pod_label_{_sanitized(key)}"] = value
        labels[f"__meta_kubernetes_pod_labelpresent_{_sanitized(key)}"] = "true"
    if address := pod["status"].get("podIP"):
        for container in (*pod["spec"].get("initContainers", ()), *pod["spec"]["containers"]):
            for port in container.get("ports", ()):
                of_port = {
                    "__meta_kubernetes_pod_container_name": container["name"],
                    "__meta_kubernetes_pod_container_port_name": port.get("name", ""),
                }
                yield {"targets": [f"{address}:{port['containerPort']}"], "labels": labels | of_port}


def relabelling(spec: Object) -> list[Object]:
    """Return the relabelling that the Prometheus operator writes for the spec of a PodMonitor.

    :raises ValueError: when it asks for something that is not offered here.
    """
    [endpoint] = spec["podMetricsEndpoints"]
    selected = spec["selector"]["matchLabels"]
    known = {"selector": {"matchLabels": selected}, "podMetricsEndpoints": [endpoint]}
    if spec != known or not endpoint.keys() <= {"port", "interval"}:
        raise ValueError(f"nobody understands all of {spec} here")
    return [
        _rule("drop", ["pod_phase"], "(Failed|Succeeded)"),
        *(
            _rule("keep", [f"pod_label_{name}", f"pod_labelpresent_{name}"], f"({re.escape(value)});true")
            for name, value in _sanitized_keys(selected).items()
        ),
        _rule("keep", ["pod_container_port_name"], endpoint["port"]),
        _rule("replace", ["namespace"], "(.*)", target_label="namespace"),
        _rule("replace", ["pod_container_name"], "(.*)", target_label="container"),
        _rule("replace", ["pod_name"], "(.*)", target_label="pod"),
    ]


def _rule(action: str, labels: list[str], regex: str, **more: str) -> Object:
    sources = [f"__meta_kubernetes_{label}" for label in labels]
    return {"action": action, "source_labels": sources, "regex": regex, **more}


def _sanitized_keys(labels: Mapping[str, str]) -> dict[str, str]:
    return {_sanitized(key): value for key, value in labels.items()}


def _sanitized(key: str) -> str:
    """Return the key of a label as Prometheus writes it in the name of a label of its own."""
    return re.sub(r"[^a-zA-Z0-9_]", "_", key)
