"""Kubelet and gateway, played in one namespace: pods answer as soon as they are made and end when told to.

Routes are taken up as they are written.
"""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from typing import Self

from e2e.cluster.progress import ClusterError
from sluiceway.api import names
from tests.support.cluster_view import Administered, Object, View

_PAUSE_SECONDS = 0.2
GATEWAY: Object = {
    "apiVersion": "gateway.networking.k8s.io/v1",
    "kind": "Gateway",
    "metadata": {"name": "public"},
    "spec": {
        "gatewayClassName": "played",
        "listeners": [{"name": "http", "protocol": "HTTP", "port": 80}],
    },
}
"""The gateway that takes up the routes."""


class Played:
    """At work as long as the block lasts."""

    def __init__(self, cluster: Administered, namespace: str) -> None:
        # Of its own: the connection is used by one thread.
        self._view = View(cluster, namespace)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def __enter__(self) -> Self:
        self._view.apply(GATEWAY)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._over.wait(_PAUSE_SECONDS):
            # What is looked at may be gone a moment later.
            with suppress(ClusterError):
                self._run()
                self._accept()

    def _run(self) -> None:
        for pod in self._view.list("pods"):
            if "deletionTimestamp" in pod["metadata"]:
                self._view.kubectl("delete", "pod", pod["metadata"]["name"], "--force", "--grace-period=0")
            elif "podIP" not in pod["status"]:
                self._view.pod_serves(pod)

    def _accept(self) -> None:
        for route in self._view.list("httproutes"):
            parents = [_accepted(route, parent) for parent in route["spec"]["parentRefs"]]
            known = [
                parent["conditions"][0]["observedGeneration"]
                for parent in (route.get("status") or {}).get("parents") or []
            ]
            if known != [route["metadata"]["generation"]] * len(parents):
                patch = json.dumps({"status": {"parents": parents}})
                name = route["metadata"]["name"]
                self._view.kubectl(
                    "patch", "httproute", name, "--subresource=status", "--type=merge", "-p", patch
                )


def _accepted(route: Object, parent: Object) -> Object:
    said = {
        "status": "True",
        "observedGeneration": route["metadata"]["generation"],
        "message": "",
        "lastTransitionTime": "2026-01-02T03:04:05Z",
    }
    return {
        "parentRef": parent,
        "controllerName": f"gateway.{names.GROUP}/played",
        "conditions": [said | {"type": kind, "reason": kind} for kind in ("Accepted", "ResolvedRefs")],
    }
