"""A request from this machine reaches a pod through the Gateway, by a route in another namespace."""

from __future__ import annotations

import http.client

import pytest

from e2e.cluster import addons
from e2e.cluster.progress import wait_for
from e2e.stage import Stage
from tests.support.cluster_view import View

pytestmark = [pytest.mark.e2e, pytest.mark.box]

# CoreDNS is there anyway, and its health page is HTTP.
_SERVICE = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "health", "namespace": "kube-system"},
    "spec": {"selector": {"k8s-app": "kube-dns"}, "ports": [{"port": 80, "targetPort": 8080}]},
}
_ROUTE = {
    "apiVersion": "gateway.networking.k8s.io/v1",
    "kind": "HTTPRoute",
    "metadata": {"name": "health", "namespace": "kube-system"},
    "spec": {
        "parentRefs": [{"name": addons.GATEWAY, "namespace": addons.GATEWAY_NAMESPACE}],
        "hostnames": ["health.example.com"],
        "rules": [{"backendRefs": [{"name": "health", "port": 80}]}],
    },
}


def _unanswered(address: str) -> str:
    connection = http.client.HTTPConnection(address, timeout=2)
    try:
        connection.request("GET", "/health", headers={"Host": "health.example.com"})
        answer = connection.getresponse()
        body = answer.read()
    except OSError as error:
        return str(error)
    finally:
        connection.close()
    return "" if (answer.status, body) == (200, b"OK") else f"{answer.status} {body!r}"


def test_a_request_reaches_a_pod_through_the_gateway(bare: Stage) -> None:
    assert _unanswered(bare.address).startswith("404"), "nothing is routed yet"
    system = View(bare.cluster, "kube-system")
    system.apply(_SERVICE, _ROUTE)
    wait_for("the pod answers", lambda: _unanswered(bare.address), seconds=60)
    system.kubectl("delete", "httproute,service", "health")
