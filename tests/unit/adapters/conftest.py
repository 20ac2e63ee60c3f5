"""A server on a real socket, and the adapter connected to it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from kubernetes.aio import client

from sluiceway.adapters.kube import KubeCluster
from sluiceway.build.objects import Object
from tests.support.gate import Gate, threads
from tests.support.poll import becomes


@dataclass
class Server:
    """Answers every request from a list, the last answer again and again, and remembers what was asked."""

    answers: list[tuple[int, Any]] = field(default_factory=lambda: [(200, {})])
    asked: list[Object] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one request."""
        text = await request.text()
        self.asked.append(
            {
                "verb": request.method,
                "path": request.path,
                "query": dict(request.query),
                "type": request.headers.get("Content-Type"),
                "body": json.loads(text) if text else None,
            }
        )
        status, body = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return web.Response(status=status, text=body if isinstance(body, str) else json.dumps(body))


@pytest.fixture
def server() -> Server:
    """Return the API server's stand-in."""
    return Server()


@pytest.fixture
async def cluster(server: Server) -> AsyncIterator[KubeCluster]:
    """Return the adapter, connected to *server* over a socket."""
    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", server.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    configuration = client.Configuration()
    configuration.host = f"http://127.0.0.1:{runner.addresses[0][1]}"
    found = KubeCluster(client.ApiClient(configuration), instance="operator-0")
    yield found
    await found.close()
    await runner.cleanup()


@pytest.fixture
async def gate() -> AsyncIterator[Gate]:
    """Return what keeps queries waiting; no thread that asks outlives the test."""
    yield Gate()

    async def gone() -> bool:
        return not threads()

    await becomes("the threads end", gone)
