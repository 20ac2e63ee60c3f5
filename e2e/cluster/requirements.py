"""Says what a cluster of the user's lacks for the demo and the tests, before anything is made in it."""

from __future__ import annotations

import json
import os
import re
import socket
from collections.abc import Callable
from pathlib import Path

from e2e.cluster import gateways, settings
from e2e.cluster.existing import ExistingCluster
from e2e.cluster.progress import ClusterError, say

MINIMUM = (1, 30)
"""As the chart's kubeVersion has it."""
_CREATED = ("namespaces", "customresourcedefinitions", "clusterroles", "clusterrolebindings")
_DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
_ADVICE = """\
docs/how-to/existing-cluster.md explains each point.
To have a cluster made on this machine instead: unset KUBECONFIG"""
_REACHABLE_SECONDS = 5.0


def introduce(cluster: ExistingCluster) -> None:
    """Say which cluster KUBECONFIG leads to; raises ClusterError without one, or without kubectl or helm."""
    cluster.command("helm")
    files = cluster.settings.kubeconfig.split(os.pathsep)
    if not any(Path(file).is_file() for file in files):
        raise ClusterError(f"KUBECONFIG is {os.pathsep.join(files)}, where there is no file")
    path = "--output=jsonpath={.current-context} ({.clusters[0].cluster.server})"
    try:
        found = cluster.kubectl("config", "view", "--minify", path)
    except ClusterError as error:
        advice = "kubectl config get-contexts shows those that there are, kubectl config use-context chooses"
        raise ClusterError(f"KUBECONFIG leads to no cluster ({error}): {advice}") from None
    say(f"the cluster is the one that KUBECONFIG names: {found}")


def check(cluster: ExistingCluster) -> None:
    """Say which cluster it is, and make sure that it has all that is needed.

    Raises:
        ClusterError: with all that is missing, and what to do about it.
    """
    introduce(cluster)
    answer = json.loads(cluster.kubectl("version", "--output=json", "--request-timeout=10s"))
    if found := [*_version(answer["serverVersion"]), *missing(cluster)]:
        lines = "".join(f"- {line}\n" for line in found)
        raise ClusterError(f"the cluster is not ready for this:\n{lines}{_ADVICE}")


def missing(cluster: ExistingCluster, unreachable: Callable[[str], str] | None = None) -> list[str]:
    """Return what the cluster lacks, one sentence each.

    Args:
        unreachable: says why this machine does not reach an address; a TCP connection by default.
    """
    checks: tuple[Callable[[], list[str]], ...] = (
        lambda: _images(cluster.settings),
        lambda: _rights(cluster),
        lambda: _gateway(cluster, unreachable or _unreachable),
        lambda: _storage(cluster),
    )
    return [line for check in checks for line in _answered(check)]


def _answered(check: Callable[[], list[str]]) -> list[str]:
    try:
        return check()
    except ClusterError as error:
        return [str(error)]


def _version(server: dict[str, str]) -> list[str]:
    # Providers write a minor version such as "32+".
    found = int(server["major"]), int(re.sub(r"\D.*", "", server["minor"]))
    if found >= MINIMUM:
        return []
    return [f"it runs Kubernetes {server['gitVersion']}; needed is {MINIMUM[0]}.{MINIMUM[1]} or newer"]


def _images(said: settings.Settings) -> list[str]:
    wanted = (
        (settings.OPERATOR_IMAGE, said.operator_image, "the operator, built from images/operator/Dockerfile"),
        (settings.TRITON_IMAGE, said.triton_image, "Triton, built from images/triton-cpu/Dockerfile"),
    )
    return [
        f"set {variable} to the image of {what} (name:tag), where the cluster's nodes can pull it"
        for variable, image, what in wanted
        if not re.search(r":[^/:]+$", image)
    ]


def _rights(cluster: ExistingCluster) -> list[str]:
    denied = []
    for resource in _CREATED:
        try:
            cluster.kubectl("auth", "can-i", "create", resource, "--all-namespaces", "--quiet")
        except ClusterError:
            denied.append(resource)
    return [f"you may not create {', '.join(denied)} in it: use the context of an administrator"] * bool(
        denied
    )


def _gateway(cluster: ExistingCluster, unreachable: Callable[[str], str]) -> list[str]:
    wanted = cluster.settings.gateway
    if not re.fullmatch(r"[^/]+/[^/]+", wanted):
        return [f"{settings.GATEWAY} is {wanted!r}, which is not namespace/name"]
    try:
        found = cluster.gateway()
    except ClusterError as error:
        return [f"the Gateway API is not installed in it, or you may not read Gateways ({error})"]
    if found is None:
        there = f"there are: {gateways.names(cluster.get(gateways.RESOURCE))}"
        return [f"it has no Gateway {wanted}: name another in {settings.GATEWAY}=namespace/name; {there}"]
    if troubles := gateways.problems(found):
        return troubles
    address = cluster.gateway_address()
    why = unreachable(address) if address else "it has no address in its status"
    advice = f"set {settings.GATEWAY_ADDRESS} to host:port of a NodePort or a kubectl port-forward"
    return [f"this machine does not reach the Gateway {wanted} ({why}): {advice}"] if why else []


def _storage(cluster: ExistingCluster) -> list[str]:
    wanted = cluster.settings.storage_class
    classes = cluster.get("storageclasses")
    names = [found["metadata"]["name"] for found in classes]
    there = f"there are: {', '.join(names) or 'none'}"
    if not wanted:
        if any(_is_default(found) for found in classes):
            return []
        return [f"it has no default StorageClass: name one in {settings.STORAGE_CLASS}; {there}"]
    # A class that only volumes made by hand carry needs no object.
    by_hand = [volume["spec"].get("storageClassName") for volume in cluster.get("persistentvolumes")]
    if wanted in (*names, *by_hand):
        return []
    return [f"it has no StorageClass {wanted}, as {settings.STORAGE_CLASS} says; {there}"]


def _is_default(storage_class: gateways.Object) -> bool:
    return bool(storage_class["metadata"].get("annotations", {}).get(_DEFAULT_CLASS) == "true")


def _unreachable(address: str) -> str:
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=_REACHABLE_SECONDS):
            return ""
    except (OSError, ValueError) as error:
        return f"{address}: {error}"
