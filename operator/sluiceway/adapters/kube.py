"""The API server through `kubernetes.aio`, in plain dicts.

The client's typed calls are not used: their models refuse partial objects, and server-side apply is
made of them. Its configuration, authentication and connection pool are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import aiohttp
from kubernetes.aio import client, config

from sluiceway.adapters import kinds
from sluiceway.api import names
from sluiceway.build.objects import Object, Ref
from sluiceway.core.plan import Apply, Delete, Event, Write
from sluiceway.ports import Conflict, KindMissing, Refused, Unavailable

# An address that says nothing must not hold up a reconcile for much longer than one that refuses.
_TIMEOUT = aiohttp.ClientTimeout(total=30, sock_connect=5)
_PAGE = 500
_JSON = "application/json"
_METHODS = {
    "get": ("GET", _JSON),
    "list": ("GET", _JSON),
    "create": ("POST", _JSON),
    "delete": ("DELETE", _JSON),
    "apply": ("PATCH", "application/apply-patch+yaml"),
    "merge": ("PATCH", "application/merge-patch+json"),
    "edit": ("PATCH", "application/json-patch+json"),
}
"""What each verb is in HTTP: the method, and the type of what is sent."""
_NO_OBJECTS_VERSION = "1"
"""A resourceVersion that nothing has, since etcd counts its writes from 2 on.

An apply that carries it creates what is not there, and is refused (409) by whatever is: Kubernetes
compares versions with what it has, and with nothing when it has nothing (kubernetes#106745). A POST
would do the same, yet record its fields as those of an update: later applies could not remove them.
"""
_REPORTER = f"{names.GROUP}/operator"


async def connect(kubeconfig: str | None = None) -> KubeCluster:
    """Connect as the pod's service account or, outside a cluster, as the kubeconfig says.

    :raises Refused: when there is neither, or when the kubeconfig can not be read.
    """
    return KubeCluster(await api_client(kubeconfig))


async def api_client(kubeconfig: str | None, context: str | None = None) -> client.ApiClient:
    """Return the connections of `connect`; *context* of the kubeconfig, its current one when it is None.

    :raises Refused: as `connect`, and when the kubeconfig has no such context.
    """
    configuration = client.Configuration()
    try:
        if kubeconfig is None:
            config.load_incluster_config(client_configuration=configuration)
        else:
            await config.load_kube_config(kubeconfig, context, configuration)
    except Exception as error:
        # The client raises whatever it stumbles over in a file that is no kubeconfig.
        source = kubeconfig or "the pod's service account"
        raise Refused(f"no way to the API server by {source}: {error}") from error
    return client.ApiClient(configuration)


RequestEnded = Callable[[str, str, str], None]
"""Told verb, kind and HTTP status of each request, `error` for one without an answer."""


class KubeCluster:
    """`ports.Cluster` on a real API server; `instance` names this process in Events."""

    def __init__(self, api: Any, instance: str = "sluiceway") -> None:
        self._api = api
        self._instance = instance
        self.on_request: RequestEnded = lambda _verb, _kind, _code: None

    async def close(self) -> None:
        """Close the connections."""
        await self._api.close()

    async def get(self, ref: Ref) -> Object | None:
        """Return an object, None when there is none."""
        try:
            found: Object = await self._request("get", ref.kind, kinds.path(ref))
        except KindMissing:
            return None
        return found

    async def list(
        self, api_version: str, kind: str, namespace: str | None, labels: Mapping[str, str] | None = None
    ) -> list[Object]:
        """Return all objects of one kind with these labels, page by page.

        :raises KindMissing: when the API server does not serve the kind.
        """
        query = {"limit": str(_PAGE)}
        if labels:
            query["labelSelector"] = ",".join(f"{label}={value}" for label, value in labels.items())
        found: list[Object] = []
        while True:
            page = await self._request("list", kind, kinds.collection(api_version, kind, namespace), query)
            # Items of a list do not say what they are.
            found += [{"apiVersion": api_version, "kind": kind} | item for item in page["items"]]
            query["continue"] = page["metadata"].get("continue", "")
            if not query["continue"]:
                return found

    async def write(self, write: Write) -> Object | None:
        """Carry out one write; a deletion of what is gone already is done."""
        match write:
            case Apply():
                return await self._apply(write)
            case Delete():
                body = {"preconditions": {"uid": write.uid}, "propagationPolicy": "Background"}
                with suppress(KindMissing):
                    await self._request("delete", write.ref.kind, kinds.path(write.ref), body=body)
                return None

    async def write_status(self, owner: Object, status: Object) -> None:
        """Write the whole status; the uid keeps it from a resource that was made anew meanwhile."""
        kept = {key: owner["metadata"][key] for key in ("name", "namespace", "uid")}
        body = {"apiVersion": owner["apiVersion"], "kind": owner["kind"], "metadata": kept, "status": status}
        ref = Ref(owner["apiVersion"], owner["kind"], kept["namespace"], kept["name"])
        query = {"fieldManager": names.MANAGER_STATUS, "force": "true"}
        try:
            await self._request("apply", f"{ref.kind}/status", f"{kinds.path(ref)}/status", query, body)
        except KindMissing as error:
            raise Conflict(f"{ref} is gone") from error

    async def record(self, owner: Object, event: Event) -> None:
        """Write one Event (events.k8s.io/v1); it is named by time, as client-go names them."""
        now = datetime.now(UTC)
        metadata = owner["metadata"]
        body = {
            "apiVersion": "events.k8s.io/v1",
            "kind": "Event",
            "metadata": {
                "name": f"{metadata['name']}.{int(now.timestamp() * 1e6):x}",
                "namespace": metadata["namespace"],
            },
            "eventTime": f"{now:%Y-%m-%dT%H:%M:%S.%fZ}",
            "reportingController": _REPORTER,
            "reportingInstance": self._instance,
            "action": event.reason,
            "reason": event.reason,
            "note": event.message[:1024],
            "type": event.type,
            "regarding": {key: owner[key] for key in ("apiVersion", "kind")}
            | {key: metadata[key] for key in ("name", "namespace", "uid")},
        }
        await self._request(
            "create", "Event", kinds.collection("events.k8s.io/v1", "Event", metadata["namespace"]), body=body
        )

    async def _apply(self, write: Apply) -> Object:
        body = write.obj
        version = _NO_OBJECTS_VERSION if write.creates else write.expected_version
        if version:
            body = body | {"metadata": body["metadata"] | {"resourceVersion": version}}
        query = {"fieldManager": write.manager, "force": "true", "fieldValidation": "Strict"}
        try:
            applied: Object = await self._request("apply", write.ref.kind, kinds.path(write.ref), query, body)
        except KindMissing as error:
            raise Refused(str(error)) from error
        return applied

    async def _request(
        self,
        verb: str,
        kind: str,
        path: str,
        query: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> Any:
        method, content_type = _METHODS[verb]
        headers = {"Accept": "application/json", "Content-Type": content_type, "User-Agent": "sluiceway"}
        await self._api.update_params_for_auth(headers, [], ["BearerToken"], path, method, body)
        url = f"{self._api.configuration.host}{path}" + (f"?{urlencode(query)}" if query else "")
        try:
            response = await self._api.rest_client.request(
                method, url, headers=headers, body=body, _request_timeout=_TIMEOUT
            )
            text = (await response.read()).decode()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self.on_request(verb, kind, "error")
            raise Unavailable(f"{method} {path}: {str(error) or type(error).__name__}") from error
        self.on_request(verb, kind, str(response.status))
        if response.status < 300:  # noqa: PLR2004 - HTTP
            return json.loads(text)
        raise _error(response.status, _message(text))


def _message(text: str) -> str:
    try:
        found = json.loads(text)
        # The operator's own endpoint, through the proxy, says it in another word.
        return str(found.get("error") or found["message"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return text[:200]


def _error(status: int, message: str) -> Exception:
    match status:
        case 404:
            return KindMissing(message)
        case 409:
            return Conflict(message)
        case 401 | 408 | 429:
            return Unavailable(f"{status}: {message}")
        case _ if status >= 500:  # noqa: PLR2004 - HTTP
            return Unavailable(f"{status}: {message}")
        case _:
            return Refused(message)
