"""Reads Gateways of others: whether models can be served behind one, and where it listens."""

from __future__ import annotations

from typing import Any

Object = dict[str, Any]

RESOURCE = "gateways.gateway.networking.k8s.io"
DOMAIN = "example.com"
"""Hostnames of the models that are served here are below it."""


def address(gateway: Object) -> str:
    """Return host and port of the Gateway's first HTTP listener, empty when it has no address or none."""
    addresses = gateway.get("status", {}).get("addresses") or []
    listener = _http(gateway)
    if not addresses or listener is None:
        return ""
    host = addresses[0]["value"]
    return f"[{host}]:{listener['port']}" if ":" in host else f"{host}:{listener['port']}"


def problems(gateway: Object) -> list[str]:
    """Return why models can not be served behind the Gateway; empty when they can."""
    metadata = gateway["metadata"]
    name = f"the Gateway {metadata['namespace']}/{metadata['name']}"
    listener = _http(gateway)
    if listener is None:
        return [f"{name} has no listener with protocol HTTP"]
    found = []
    if said := _unprogrammed(gateway):
        found.append(f"{name} is not programmed: {said}")
    admitted = listener.get("allowedRoutes", {}).get("namespaces", {}).get("from", "Same")
    if admitted != "All":
        found.append(
            f"{name}: its HTTP listener {listener['name']} lets routes in from namespaces {admitted!r}; "
            "set allowedRoutes.namespaces.from to All"
        )
    hostname = listener.get("hostname", "")
    if hostname not in ("", "*", f"*.{DOMAIN}"):
        found.append(
            f"{name}: its HTTP listener {listener['name']} serves {hostname} only, and not *.{DOMAIN}"
        )
    return found


def names(gateways: list[Object]) -> str:
    """Return the Gateways that there are, as they can be named."""
    listed = [f"{gateway['metadata']['namespace']}/{gateway['metadata']['name']}" for gateway in gateways]
    return ", ".join(listed) or "none at all"


def _http(gateway: Object) -> Object | None:
    listeners = gateway["spec"]["listeners"]
    return next((listener for listener in listeners if listener["protocol"] == "HTTP"), None)


def _unprogrammed(gateway: Object) -> str:
    for condition in gateway.get("status", {}).get("conditions") or []:
        if condition["type"] == "Programmed":
            return "" if condition["status"] == "True" else condition.get("message") or condition["reason"]
    return "no controller has taken it up"
