"""Where each kind of object lives in the Kubernetes API."""

from __future__ import annotations

from urllib.parse import quote

from sluiceway.api import names
from sluiceway.build.objects import Ref

_PLURALS = {
    names.KIND: names.PLURAL,
    "ConfigMap": "configmaps",
    "ControllerRevision": "controllerrevisions",
    "Deployment": "deployments",
    "EndpointSlice": "endpointslices",
    "Event": "events",
    "Gateway": "gateways",
    "HTTPRoute": "httproutes",
    "HorizontalPodAutoscaler": "horizontalpodautoscalers",
    "Node": "nodes",
    "PersistentVolumeClaim": "persistentvolumeclaims",
    "Pod": "pods",
    "PodDisruptionBudget": "poddisruptionbudgets",
    "ResourceQuota": "resourcequotas",
    "ScaledObject": "scaledobjects",
    "Service": "services",
}


def collection(api_version: str, kind: str, namespace: str | None) -> str:
    """Return the path of all objects of one kind, in one namespace or (None) in all of them."""
    root = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
    scope = "" if namespace is None else f"/namespaces/{quote(namespace)}"
    return f"{root}{scope}/{_PLURALS[kind]}"


def path(ref: Ref) -> str:
    """Return the path of one object."""
    return f"{collection(ref.api_version, ref.kind, ref.namespace)}/{quote(ref.name)}"
