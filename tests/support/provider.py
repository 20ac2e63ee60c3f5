"""A provider of metrics on a real socket, which says what a test wants and remembers what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from sluiceway.adapters.prometheus import PrometheusSignals
from sluiceway.adapters.provider import Provider
from sluiceway.core.vectors import NoAnswer, Vector

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
AT = datetime(2026, 7, 1, 12, 0, 0, 250_000, tzinfo=UTC)
QUERY = "sum by (code) (answers_total)"
TIMEOUT_SECONDS = 0.5
"""Of providers that do not answer; those that do, answer sooner on any machine, or a test fails."""


def said(result: Any, kind: str = "vector", **more: Any) -> str:
    """Return an answer of Prometheus."""
    return json.dumps({"status": "success", "data": {"resultType": kind, "result": result}} | more)


def series(value: Any, **labels: str) -> dict[str, Any]:
    """Return a series of an instant vector."""
    return {"metric": labels, "value": [1782907200.25, value]}


def says(body: str | bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Handler:
    """Return what answers always the same."""

    async def handle(_: web.Request) -> web.StreamResponse:
        content = body.encode() if isinstance(body, str) else body
        return web.Response(body=content, status=status, headers=headers)

    return handle


@dataclass
class Server:
    """Where a provider lies, and the requests that have reached it, by any path."""

    address: str = ""
    asked: list[web.Request] = field(default_factory=list)


@asynccontextmanager
async def serving(handler: Handler) -> AsyncIterator[Server]:
    """Answer every request by *handler*, on the event loop of the test: nobody may block it meanwhile."""
    server = Server()

    async def handle(request: web.Request) -> web.StreamResponse:
        server.asked.append(request)
        return await handler(request)

    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.address = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()


@asynccontextmanager
async def accepting(handle: Callable[[asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[str]:
    """Let *handle* say whatever it likes to those who connect; yield the address."""
    tasks: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        try:
            await reader.readuntil(b"\r\n\r\n")
            await handle(writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            tasks.discard(task)

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def ask(address: str, *, timeout_seconds: float = 10.0, **given: Any) -> Vector | NoAnswer:
    """Return what a provider at *address* answers."""
    async with PrometheusSignals([provider(address, timeout_seconds, **given)]) as signals:
        return await signals.ask("prometheus", QUERY, AT)


def provider(address: str, timeout_seconds: float = 10.0, **given: Any) -> Provider:
    """Return a provider called prometheus."""
    fields = {"name": "prometheus", "address": address, "timeoutSeconds": timeout_seconds}
    return Provider.model_validate(fields | given)
