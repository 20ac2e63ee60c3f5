"""The API server as people use it: what the operator reads, and the few writes that are theirs."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import quote

from kubernetes.aio import config

from sluiceway.adapters import kinds
from sluiceway.adapters.kube import KubeCluster, api_client
from sluiceway.api import names
from sluiceway.build.objects import Object, Ref

MANAGER = "kubectl-sluiceway"
"""The field manager of what people write by the plugin."""
_IN_A_POD = Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace")


async def connect(kubeconfig: str | None, context: str | None = None) -> Console:
    """Connect as a kubeconfig says, or as the pod's service account without one.

    :raises Refused: when neither is there or can be read, or when there is no such context.
    """
    return Console(await api_client(kubeconfig, context))


def namespace_of(kubeconfig: str | None, context: str | None = None) -> str:
    """Return the namespace that kubectl would use: that of the context or of the pod, else `default`."""
    if kubeconfig is None:
        return _IN_A_POD.read_text(encoding="utf-8").strip() if _IN_A_POD.is_file() else "default"
    contexts, current = config.list_kube_config_contexts(kubeconfig)
    known = {one["name"]: one["context"] for one in contexts}
    chosen = known.get(context or current["name"], {})
    return str(chosen.get("namespace") or "default")


class Console(KubeCluster):
    """`ports.Cluster`, and what people may change in a ModelDeployment."""

    async def annotate(self, name: str, namespace: str, annotations: dict[str, str]) -> Object:
        """Set annotations of a ModelDeployment; others stay."""
        body = {"metadata": {"annotations": annotations}}
        return await self._patch("merge", name, namespace, body)

    async def edit(self, name: str, namespace: str, operations: list[Object]) -> Object:
        """Change a ModelDeployment by a JSON Patch (RFC 6902), all of it or nothing.

        :raises Refused: when a `test` among the operations fails (the API server says 422), too.
        """
        return await self._patch("edit", name, namespace, operations)

    async def ask_service(self, namespace: str, service: str, path: str) -> Any:
        """Return the JSON that port `http` of a Service answers, through the API server's proxy.

        :raises KindMissing: when there is no such Service, or when it says so of *path*.
        """
        root = f"/api/v1/namespaces/{quote(namespace)}/services/{quote(service)}:http/proxy"
        return await self._request("get", "Service/proxy", f"{root}/{path}")

    async def _patch(self, verb: str, name: str, namespace: str, body: Any) -> Object:
        ref = Ref(names.API_VERSION, names.KIND, namespace, name)
        query = {"fieldManager": MANAGER, "fieldValidation": "Strict"}
        patched: Object = await self._request(verb, ref.kind, kinds.path(ref), query, body)
        return patched
