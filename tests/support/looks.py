"""Looks at objects over one connection to the API server.

A kubectl for each of them costs a hundred times as much, and whoever is waited for has to do without that.
"""

from __future__ import annotations

import json
from os import PathLike
from typing import Any
from urllib.parse import quote

from kubernetes import config

Object = dict[str, Any]

_NOT_FOUND = 404
_GROUPS = {
    "apis/apps/v1": ("controllerrevisions", "deployments"),
    "apis/autoscaling/v2": ("horizontalpodautoscalers",),
    "apis/batch/v1": ("jobs",),
    "apis/gateway.networking.k8s.io/v1": ("gateways", "httproutes"),
    "apis/keda.sh/v1alpha1": ("scaledobjects",),
    "apis/policy/v1": ("poddisruptionbudgets",),
    "apis/sluiceway.dev/v1alpha1": ("modeldeployments",),
    "api/v1": ("configmaps", "pods", "services"),
}
_GROUP_OF = {kind: group for group, kinds in _GROUPS.items() for kind in kinds}


class Looks:
    """Reads as whoever the current context of a kubeconfig is."""

    def __init__(self, kubeconfig: str | PathLike[str]) -> None:
        self._client = config.new_client_from_config(str(kubeconfig))

    def get(self, namespace: str, kind: str, name: str) -> Object | None:
        """Return an object, None when there is none, nor such a kind."""
        return self._read(f"{_path(namespace, kind)}/{name}")

    def list(self, namespace: str, kind: str, selector: str) -> list[Object]:
        """Return the objects of a kind with these labels.

        :raises LookupError: when there is no such kind.
        """
        found = self._read(f"{_path(namespace, kind)}?labelSelector={quote(selector)}")
        if found is None:
            raise LookupError(f"the API server knows no {kind}")
        items: list[Object] = found["items"]
        return items

    def _read(self, path: str) -> Object | None:
        request = self._client.param_serialize("GET", path, auth_settings=["BearerToken"])
        answer = self._client.call_api(*request)
        text = answer.read()
        if answer.status == _NOT_FOUND:
            return None
        assert answer.status == 200, f"GET {path}: {answer.status} {text.decode()}"
        found: Object = json.loads(text)
        return found


def _path(namespace: str, kind: str) -> str:
    """Return the path of a collection; *kind* is what a person types for kubectl."""
    known = {"mdep": "modeldeployments"}.get(kind, kind)
    plural = known if known in _GROUP_OF else f"{known}s"
    return f"/{_GROUP_OF[plural]}/namespaces/{namespace}/{plural}"
