"""Programs that serve an API of their own behind the API server, on the node's network instead of in pods."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from e2e.cluster.box import Box
from e2e.cluster.children import Child
from e2e.cluster.progress import ClusterError, step, wait_for

_NAMESPACE = "kube-system"
_READY_SECONDS = 90.0


def options_of(box: Box, *uses: str) -> Sequence[str]:
    """Return what lets such a program ask the API server who calls, as its administrator."""
    return [f"--{use}-kubeconfig={box.kubeconfig}" for use in (*uses, "authentication", "authorization")]


def on_the_node(box: Box) -> Sequence[str]:
    """Return what to put before a command so that it runs in the node's network."""
    return ["nsenter", f"--target={box.must_run()}", "--net", "--"]


@contextmanager
def listening(box: Box, child: Child, port: int) -> Iterator[None]:
    """Run a program on the node as long as the block lasts.

    :raises ClusterError: with its log when it does not listen in time.
    """
    with ExitStack() as stack:
        with step(child.name):
            stack.callback(child.stop)
            child.start()
            # Who is found absent first is looked for again in ever longer intervals.
            wait_for("it listens", _deaf(box, child, port), seconds=_READY_SECONDS, logs=[child.log])
        yield


@contextmanager
def offered(box: Box, group_version: str, child: Child, port: int) -> Iterator[None]:
    """Lead the API server to a program for one group and version, such as custom.metrics.k8s.io/v1beta1.

    :raises ClusterError: with the program's log when the API is not there in time.
    """
    group, _, version = group_version.partition("/")
    api = f"{version}.{group}"
    manifests = json.dumps({"apiVersion": "v1", "kind": "List", "items": _manifests(box, child, port, api)})
    with ExitStack() as stack:
        # An API that nobody serves keeps namespaces from being deleted.
        stack.callback(box.kubectl, "delete", "--wait=false", "-f", "-", stdin=manifests)
        box.kubectl("apply", "-f", "-", stdin=manifests)
        with step(api):
            wait_for(api, lambda: _unavailable(box, api), seconds=_READY_SECONDS, logs=[child.log])
        yield


def _deaf(box: Box, child: Child, port: int) -> Callable[[], str]:
    def look() -> str:
        if not child.running:
            raise ClusterError(f"{child.name} ended:\n{child.log.read_text()[-3000:]}")
        try:
            socket.create_connection((box.node_address, port), timeout=1).close()
        except OSError as error:
            return str(error)
        return ""

    return look


def _unavailable(box: Box, api: str) -> str:
    condition = "jsonpath={.status.conditions[?(@.type=='Available')]['status','message']}"
    said = box.kubectl("get", "apiservice", api, "--output", condition)
    return "" if said.startswith("True") else said or "nobody has looked yet"


def _manifests(box: Box, child: Child, port: int, api: str) -> list[dict[str, Any]]:
    """Return what leads the API server to a program that is no pod."""
    version, _, group = api.partition(".")
    place = {"name": child.name, "namespace": _NAMESPACE}
    return [
        {"apiVersion": "v1", "kind": "Service", "metadata": place, "spec": {"ports": [{"port": 443}]}},
        {
            "apiVersion": "discovery.k8s.io/v1",
            "kind": "EndpointSlice",
            "metadata": place | {"labels": {"kubernetes.io/service-name": child.name}},
            "addressType": "IPv4",
            "ports": [{"port": port}],
            "endpoints": [{"addresses": [box.node_address]}],
        },
        {
            "apiVersion": "apiregistration.k8s.io/v1",
            "kind": "APIService",
            "metadata": {"name": api},
            "spec": {
                "group": group,
                "version": version,
                "service": place,
                "insecureSkipTLSVerify": True,
                "groupPriorityMinimum": 100,
                "versionPriority": 100,
            },
        },
    ]
