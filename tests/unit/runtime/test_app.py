"""The operator as a whole, on a cluster in memory: events in, objects out, one failure stays one failure."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import ClientSession

from sluiceway.adapters.prometheus import PrometheusSignals
from sluiceway.api import names
from sluiceway.api.live import Live
from sluiceway.build.objects import Object, Ref
from sluiceway.ports import KindMissing, Unavailable
from sluiceway.runtime.app import App, Settings
from sluiceway.runtime.kopf_watch import ROUTES, SCALED_OBJECTS, KindName, Sink
from tests.fakes.cluster import FakeCluster
from tests.fakes.guards import FakeGuards
from tests.fakes.objects import NAMESPACE, make_raw
from tests.fakes.willing import Willing

PATIENCE_SECONDS = 10.0


class Watched:
    """Stands in for `Watch`: a test says what is heard."""

    def __init__(self, sink: Sink, **_: Any) -> None:
        self.sink = sink
        self.restarts = 0
        self.alive = True
        self.trouble: str | None = None
        self.unwatched: frozenset[KindName] = frozenset()

    def start(self) -> None: ...

    def lacks(self, served: frozenset[KindName]) -> frozenset[KindName]:
        return served & self.unwatched

    def stop(self) -> None: ...

    def restart(self) -> None:
        self.restarts += 1


class Cluster(FakeCluster):
    """A cluster that does not know ModelDeployments, or fails for some names, when it is told to."""

    def __init__(self) -> None:
        super().__init__()
        self.has_crd = True
        self.away = 0
        self.failing: dict[str, list[Exception]] = {}

    async def list(self, api_version: str, kind: str, *given: Any) -> list[Object]:
        """Return the objects of one kind, unless the API server is away."""
        if self.away:
            self.away -= 1
            raise Unavailable("connection refused")
        if kind == names.KIND and not self.has_crd:
            raise KindMissing("the server could not find the requested resource")
        return await super().list(api_version, kind, *given)

    async def get(self, ref: Ref) -> Object | None:
        """Return an object, or fail."""
        if ref.kind == names.KIND and self.failing.get(ref.name):
            raise self.failing[ref.name].pop(0)
        return await super().get(ref)


@pytest.fixture
def watches(monkeypatch: pytest.MonkeyPatch) -> list[Watched]:
    """Return the watches that the operator started; its retries come at once."""
    started: list[Watched] = []

    def watch(sink: Sink, **given: Any) -> Watched:
        started.append(Watched(sink, **given))
        return started[-1]

    monkeypatch.setattr("sluiceway.runtime.app.Watch", watch)
    monkeypatch.setattr("sluiceway.runtime.queue.FIRST_DELAY_SECONDS", 0.0)
    return started


@pytest.fixture
def cluster() -> Cluster:
    """Return the cluster in which the operator runs."""
    return Cluster()


def app(cluster: Cluster, health_port: int | None = None) -> App:
    """Return an operator that knows no providers of metrics."""
    return App(cluster, Settings(health_port=health_port), Willing(), FakeGuards(), PrometheusSignals(()))


@pytest.fixture
async def watch(cluster: Cluster, watches: list[Watched]) -> AsyncIterator[Watched]:
    """Run the operator; return the watch by which a test lets it hear of objects."""
    stop = asyncio.Event()
    operator = asyncio.create_task(app(cluster).run(stop))
    await until(lambda: watches)
    yield watches[0]
    stop.set()
    await operator


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not true():  # noqa: ASYNC110 - what is awaited is the operator's work, which sets no event
            await asyncio.sleep(0)


def ask(cluster: Cluster, name: str) -> Object:
    """Let a team ask for a model; return the resource as a watch tells it."""
    ref = cluster.put(make_raw(name) | {"metadata": {"name": name, "namespace": NAMESPACE}})
    return cluster.objects[ref]


def deployed(cluster: Cluster, name: str) -> bool:
    return any(found.startswith(f"{name}-") for found in cluster.of_kind("Deployment"))


async def test_what_is_heard_is_done(cluster: Cluster, watch: Watched) -> None:
    watch.sink("ADDED", ask(cluster, "fraud"))
    await until(lambda: deployed(cluster, "fraud"))


FAILURES = {
    "an API server that does not answer": [Unavailable("timeout")] * 3,
    "a mistake in the operator": [ZeroDivisionError("oops")] * 3,
}


@pytest.mark.parametrize("errors", FAILURES.values(), ids=FAILURES)
async def test_one_resource_is_tried_again_and_keeps_nobody_waiting_after(
    errors: list[Exception], cluster: Cluster, watch: Watched
) -> None:
    cluster.failing["fraud"] = list(errors)
    watch.sink("ADDED", ask(cluster, "fraud"))
    watch.sink("ADDED", ask(cluster, "spam"))
    await until(lambda: deployed(cluster, "spam"))
    await until(lambda: deployed(cluster, "fraud"))
    assert not cluster.failing["fraud"]


@pytest.mark.parametrize("kind", [ROUTES, SCALED_OBJECTS])
async def test_a_kind_that_appears_is_watched(
    kind: KindName, watches: list[Watched], cluster: Cluster
) -> None:
    stop = asyncio.Event()
    operator = asyncio.create_task(app(cluster).run(stop))
    await until(lambda: watches)
    watches[0].unwatched = frozenset({kind})
    watches[0].sink("ADDED", ask(cluster, "fraud"))
    await until(lambda: deployed(cluster, "fraud"))
    assert watches[0].restarts == 1
    stop.set()
    await operator


@pytest.mark.usefixtures("watches")
async def test_without_the_crd_the_operator_says_so_at_once(cluster: Cluster) -> None:
    cluster.has_crd = False
    with pytest.raises(KindMissing):
        await app(cluster).run(asyncio.Event())


@pytest.fixture
def no_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what waits for the API server try again at once."""
    monkeypatch.setattr("sluiceway.runtime.startup.FIRST_DELAY_SECONDS", 0.0)


@pytest.mark.usefixtures("no_delays")
async def test_an_api_server_that_is_away_is_waited_for(watches: list[Watched], cluster: Cluster) -> None:
    cluster.away = 5
    stop = asyncio.Event()
    operator = asyncio.create_task(app(cluster).run(stop))
    await until(lambda: watches)
    assert cluster.away == 0
    stop.set()
    await operator


async def test_the_operator_stops_while_it_waits(watches: list[Watched], cluster: Cluster) -> None:
    cluster.away = 1_000_000
    stop = asyncio.Event()
    operator = asyncio.create_task(app(cluster).run(stop))
    await until(lambda: cluster.away < 1_000_000)
    stop.set()
    await operator
    assert watches == []


Answer = tuple[int, str]


async def asked(port: int, path: str) -> Answer:
    async with ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as response:
        return response.status, await response.text()


async def test_waiting_is_told_and_is_no_reason_to_start_another_process(
    watches: list[Watched], cluster: Cluster, unused_tcp_port: int
) -> None:
    cluster.away = 1_000_000
    stop = asyncio.Event()
    operator = asyncio.create_task(app(cluster, unused_tcp_port).run(stop))
    await until(lambda: cluster.away < 1_000_000)
    assert await asked(unused_tcp_port, "/healthz") == (200, "ok")
    words = (503, "waiting for the API server: connection refused")
    assert await asked(unused_tcp_port, "/readyz") == words
    stop.set()
    await operator
    assert watches == []


TROUBLES: dict[str, tuple[bool, str | None, tuple[Answer, Answer]]] = {
    "all is well": (True, None, ((200, "ok"), (200, "ok"))),
    "watching fails": (True, "it failed", ((200, "ok"), (503, "it failed"))),
    "nobody watches any more": (False, "it ended", ((503, "the watch has ended"), (503, "it ended"))),
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_health_and_readiness_are_told_when(
    trouble: str, watches: list[Watched], cluster: Cluster, unused_tcp_port: int
) -> None:
    alive, words, answers = TROUBLES[trouble]
    stop = asyncio.Event()
    operator = asyncio.create_task(app(cluster, unused_tcp_port).run(stop))
    await until(lambda: watches)
    watches[0].alive, watches[0].trouble = alive, words
    assert (await asked(unused_tcp_port, "/healthz"), await asked(unused_tcp_port, "/readyz")) == answers
    stop.set()
    await operator


async def test_live_figures_are_told_of_what_is_known_and_nothing_can_be_sent(
    watches: list[Watched], cluster: Cluster, unused_tcp_port: int
) -> None:
    stop = asyncio.Event()
    operator = asyncio.create_task(app(cluster, unused_tcp_port).run(stop))
    await until(lambda: watches)
    status, text = await asked(unused_tcp_port, "/live/models/fraud")
    assert (status, "kubectl describe mdep fraud -n models" in json.loads(text)["error"]) == (404, True)
    watches[0].sink("ADDED", ask(cluster, "fraud"))
    await until(lambda: cluster.of_kind("ModelDeployment")["fraud"].get("status"))
    status, text = await asked(unused_tcp_port, "/live/models/fraud")
    assert (status, Live.model_validate_json(text).name) == (200, "fraud")
    url = f"http://127.0.0.1:{unused_tcp_port}/live/models/fraud"
    async with ClientSession() as session, session.post(url, json={"weight": 100}) as response:
        assert response.status == 405
    stop.set()
    await operator
