"""The adapter speaks HTTP with a server of its own: what is asked, and what its answers mean."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
from aiohttp import ClientTimeout
from kubernetes.aio import client

from sluiceway.adapters.kube import KubeCluster
from sluiceway.api import names
from sluiceway.build.objects import Object, ref_of
from sluiceway.build.workload import serving_service
from sluiceway.core.plan import Apply, Delete, Event
from sluiceway.ports import ClusterError, Conflict, KindMissing, Refused, Unavailable
from tests.fakes.objects import make_raw, make_resource
from tests.unit.adapters.conftest import Server

SERVICE = serving_service(make_resource(), "fraud-1a2b3")
PATH = "/api/v1/namespaces/models/services/fraud"
SERVICES = "/api/v1/namespaces/models/services"


async def test_an_object_is_read_by_its_path(cluster: KubeCluster, server: Server) -> None:
    server.answers = [(200, SERVICE)]
    assert await cluster.get(ref_of(SERVICE)) == SERVICE
    assert (server.asked[0]["verb"], server.asked[0]["path"]) == ("GET", PATH)


async def test_an_object_that_is_not_there_is_none(cluster: KubeCluster, server: Server) -> None:
    server.answers = [(404, {"message": "not found"})]
    assert await cluster.get(ref_of(SERVICE)) is None


async def test_a_list_is_read_page_by_page_and_its_items_say_what_they_are(
    cluster: KubeCluster, server: Server
) -> None:
    server.answers = [
        (200, {"metadata": {"continue": "next"}, "items": [{"metadata": {"name": "a"}}]}),
        (200, {"metadata": {}, "items": [{"metadata": {"name": "b"}}]}),
    ]
    found = await cluster.list("v1", "Service", "models", {"app": "x", "team": "risk"})
    assert [(item["apiVersion"], item["kind"], item["metadata"]["name"]) for item in found] == [
        ("v1", "Service", "a"),
        ("v1", "Service", "b"),
    ]
    first, second = (request["query"] for request in server.asked)
    assert first["labelSelector"] == second["labelSelector"] == "app=x,team=risk"
    assert ("continue" in first, second["continue"]) == (False, "next")


PLACES = {
    "one namespace of a group": (
        ("apps/v1", "Deployment", "models"),
        "/apis/apps/v1/namespaces/models/deployments",
    ),
    "the whole cluster": (
        (names.API_VERSION, names.KIND, None),
        "/apis/sluiceway.dev/v1alpha1/modeldeployments",
    ),
    "the core group": (("v1", "Pod", "models"), "/api/v1/namespaces/models/pods"),
}


@pytest.mark.parametrize(("kind", "path"), PLACES.values(), ids=PLACES)
async def test_objects_are_listed_in(
    kind: tuple[str, str, str | None], path: str, cluster: KubeCluster, server: Server
) -> None:
    server.answers = [(200, {"metadata": {}, "items": []})]
    await cluster.list(*kind)
    assert server.asked[0]["path"] == path


APPLIES: dict[str, tuple[Apply, Object, str | None]] = {
    "an update wins over other writers": (
        Apply(SERVICE),
        {"fieldManager": "sluiceway", "force": "true", "fieldValidation": "Strict"},
        None,
    ),
    "a creation carries a version that no object has": (
        Apply(SERVICE, creates=True),
        {"fieldManager": "sluiceway", "force": "true", "fieldValidation": "Strict"},
        "1",
    ),
    "a decision about traffic carries what it rests on": (
        Apply(SERVICE, names.MANAGER_TRAFFIC, expected_version="17"),
        {"fieldManager": "sluiceway-traffic", "force": "true", "fieldValidation": "Strict"},
        "17",
    ),
}


@pytest.mark.parametrize(("write", "query", "version"), APPLIES.values(), ids=APPLIES)
async def test_when_applied(
    write: Apply, query: Object, version: str | None, cluster: KubeCluster, server: Server
) -> None:
    await cluster.write(write)
    (asked,) = server.asked
    assert (asked["verb"], asked["path"], asked["query"]) == ("PATCH", PATH, query)
    assert asked["type"] == "application/apply-patch+yaml"
    assert asked["body"]["metadata"].pop("resourceVersion", None) == version
    assert asked["body"] == SERVICE


async def test_exactly_the_object_that_was_seen_is_deleted(cluster: KubeCluster, server: Server) -> None:
    assert await cluster.write(Delete(ref_of(SERVICE), "u-1")) is None
    (asked,) = server.asked
    assert (asked["verb"], asked["path"]) == ("DELETE", PATH)
    assert asked["body"] == {"preconditions": {"uid": "u-1"}, "propagationPolicy": "Background"}


async def test_what_is_gone_already_is_deleted(cluster: KubeCluster, server: Server) -> None:
    server.answers = [(404, {"message": "not found"})]
    assert await cluster.write(Delete(ref_of(SERVICE), "u-1")) is None


async def test_status_goes_to_its_subresource_with_the_uid(cluster: KubeCluster, server: Server) -> None:
    await cluster.write_status(make_raw(), {"serving": "fraud-1a2b3"})
    (asked,) = server.asked
    assert asked["path"].endswith("/namespaces/models/modeldeployments/fraud/status")
    assert asked["query"] == {"fieldManager": "sluiceway-status", "force": "true"}
    assert asked["body"]["metadata"]["uid"] == make_raw()["metadata"]["uid"]
    assert (asked["body"]["status"], "spec" in asked["body"]) == ({"serving": "fraud-1a2b3"}, False)


async def test_the_status_of_a_resource_that_is_gone_is_a_conflict(
    cluster: KubeCluster, server: Server
) -> None:
    server.answers = [(404, {"message": "not found"})]
    with pytest.raises(Conflict):
        await cluster.write_status(make_raw(), {})


async def test_an_apply_where_nothing_can_be_is_refused(cluster: KubeCluster, server: Server) -> None:
    server.answers = [(404, {"message": 'namespaces "models" not found'})]
    with pytest.raises(Refused, match='namespaces "models" not found'):
        await cluster.write(Apply(SERVICE))


async def test_an_event_is_about_the_resource_and_no_longer_than_allowed(
    cluster: KubeCluster, server: Server
) -> None:
    await cluster.record(make_raw(), Event("Warning", "LoadFailed", "x" * 2000))
    (asked,) = server.asked
    body = asked["body"]
    assert asked["path"] == "/apis/events.k8s.io/v1/namespaces/models/events"
    assert (body["type"], body["reason"], len(body["note"])) == ("Warning", "LoadFailed", 1024)
    assert (body["regarding"]["name"], body["regarding"]["uid"]) == ("fraud", make_raw()["metadata"]["uid"])
    assert (body["reportingController"], body["reportingInstance"]) == (
        "sluiceway.dev/operator",
        "operator-0",
    )


ANSWERS: dict[str, tuple[int, type[ClusterError]]] = {
    "the credentials have run out": (401, Unavailable),
    "it is not allowed": (403, Refused),
    "there is no such kind": (404, KindMissing),
    "somebody was faster": (409, Conflict),
    "it is not valid": (422, Refused),
    "there are too many requests": (429, Unavailable),
    "the server fails": (500, Unavailable),
    "a webhook takes too long": (504, Unavailable),
}


@pytest.mark.parametrize(("status", "expected"), ANSWERS.values(), ids=ANSWERS)
async def test_the_server_says(
    status: int, expected: type[ClusterError], cluster: KubeCluster, server: Server
) -> None:
    server.answers = [(status, {"message": "in its own words"})]
    with pytest.raises(expected, match="in its own words"):
        await cluster.list("v1", "Service", "models")


@pytest.mark.parametrize("text", ["<html>proxy</html>", "[]", ""], ids=["a page", "other JSON", "nothing"])
async def test_an_answer_that_is_no_status_is_passed_on(
    text: str, cluster: KubeCluster, server: Server
) -> None:
    server.answers = [(502, text)]
    with pytest.raises(Unavailable) as caught:
        await cluster.list("v1", "Service", "models")
    assert str(caught.value) == f"502: {text}"


Call = Callable[[KubeCluster], Any]
CALLS: dict[str, Call] = {
    "a read": lambda cluster: cluster.get(ref_of(SERVICE)),
    "a list": lambda cluster: cluster.list("v1", "Service", None),
    "a write": lambda cluster: cluster.write(Apply(SERVICE)),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
async def test_a_server_that_does_not_answer_is_unavailable_for(call: Call, unused_tcp_port: int) -> None:
    configuration = client.Configuration()
    configuration.host = f"http://127.0.0.1:{unused_tcp_port}"
    cluster = KubeCluster(client.ApiClient(configuration))
    with pytest.raises(Unavailable, match=r"/api/v1/"):
        await call(cluster)
    await cluster.close()


async def test_a_server_that_accepts_and_says_nothing_is_unavailable_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("sluiceway.adapters.kube._TIMEOUT", ClientTimeout(total=0.05))
    silent = socket.create_server(("127.0.0.1", 0))
    configuration = client.Configuration()
    configuration.host = f"http://127.0.0.1:{silent.getsockname()[1]}"
    cluster = KubeCluster(client.ApiClient(configuration))
    with silent, pytest.raises(Unavailable) as caught:
        await cluster.get(ref_of(SERVICE))
    assert str(caught.value) == f"GET {PATH}: TimeoutError"
    await cluster.close()


async def test_every_request_is_told_with_what_came_of_it(cluster: KubeCluster, server: Server) -> None:
    told: list[tuple[str, str, str]] = []
    cluster.on_request = lambda *what: told.append(what)
    owner = make_raw()
    server.answers = [
        (404, {"message": "not found"}),
        (200, {"metadata": {"continue": "next"}, "items": []}),
        (200, {"metadata": {}, "items": []}),
        (409, {"message": "modified"}),
        (200, {}),
        (200, {}),
        (500, "etcd is away"),
    ]
    await cluster.get(ref_of(SERVICE))
    await cluster.list("v1", "Service", None)
    with pytest.raises(Conflict):
        await cluster.write(Apply(SERVICE))
    await cluster.write(Delete(ref_of(SERVICE), "uid"))
    await cluster.write_status(owner, {})
    with pytest.raises(Unavailable):
        await cluster.record(owner, Event("Normal", "Serving", "it serves"))
    assert told == [
        ("get", "Service", "404"),
        ("list", "Service", "200"),
        ("list", "Service", "200"),
        ("apply", "Service", "409"),
        ("delete", "Service", "200"),
        ("apply", "ModelDeployment/status", "200"),
        ("create", "Event", "500"),
    ]


async def test_a_request_without_an_answer_is_told_as_well() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        configuration = client.Configuration()
        configuration.host = f"http://127.0.0.1:{closed.getsockname()[1]}"
        cluster = KubeCluster(client.ApiClient(configuration))
        told: list[tuple[str, str, str]] = []
        cluster.on_request = lambda *what: told.append(what)
        with pytest.raises(Unavailable):
            await cluster.get(ref_of(SERVICE))
        await cluster.close()
    assert told == [("get", "Service", "error")]
