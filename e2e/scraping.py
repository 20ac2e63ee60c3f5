"""What a Prometheus reads on the one-machine cluster, and how often."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from e2e import scenario
from e2e.cluster import addons
from e2e.cluster.box import Box
from tests.support.cluster_view import View


@dataclass(frozen=True)
class Job:
    """Targets of one kind, each as `address:port`."""

    name: str
    targets: Sequence[str] = ()
    path: str = "/metrics"
    honor_labels: bool = False
    """Whether labels of the target are kept where Prometheus has one of the same name."""
    found: Mapping[str, Any] = field(default_factory=dict)
    """Instead of targets: how they are found, as `scrape_config` has it."""


def gateway(box: Box) -> Job:
    """Return the job that reads the Envoy proxies of the Gateway, as many as there are now."""
    selector = f"--selector=gateway.envoyproxy.io/owning-gateway-name={addons.GATEWAY}"
    namespace = f"--namespace={addons.CONTROLLER_NAMESPACE}"
    pods = json.loads(box.kubectl("get", "pods", namespace, selector, "--output=json"))["items"]
    targets = [
        f"{pod['status']['podIP']}:{port['containerPort']}"
        for pod in pods
        for container in pod["spec"]["containers"]
        for port in container.get("ports", [])
        if (container["name"], port["name"]) == ("envoy", "metrics")
    ]
    return Job("gateway", targets, "/stats/prometheus")


def operator(box: Box) -> Job:
    """Return the job that reads the operator's pod as it is now."""
    [pod] = View(box, scenario.SYSTEM).list("pods", "app.kubernetes.io/component=operator")
    [port] = pod["spec"]["containers"][0]["ports"]
    return Job("operator", [f"{pod['status']['podIP']}:{port['containerPort']}"], honor_labels=True)


def configuration(jobs: Sequence[Job], seconds: float) -> dict[str, Any]:
    """Return a Prometheus' configuration: the *jobs* are read every so many *seconds*."""
    every = f"{round(seconds * 1000)}ms"
    return {
        "global": {"scrape_interval": every, "scrape_timeout": every},
        "scrape_configs": [
            {
                "job_name": job.name,
                "metrics_path": job.path,
                "honor_labels": job.honor_labels,
                **(job.found or {"static_configs": [{"targets": list(job.targets)}]}),
            }
            for job in jobs
        ],
    }
