"""A relay between the operator and the API server that fails when a test tells it to.

The operator's kubeconfig leads here, over plain HTTP on loopback. Everything goes on to the API server,
watches as the streams that they are, and nothing is answered from memory.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections import defaultdict, deque
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
from aiohttp import web

from tests.support.upstream import Upstream, end_to_end

_LOOPBACK = "127.0.0.1"
_PATIENCE_SECONDS = 30.0
EXPIRED = 410


@dataclass(frozen=True)
class Seen:
    """One request of the operator, and with which HTTP status it was answered."""

    path: str
    watch: bool
    status: int

    @property
    def kind(self) -> str:
        """Plural of what was listed or watched, name of what was read or written."""
        return _kind(self.path)


class Relay:
    """Stands before the API server of *upstream*; `kubeconfig`, for the operator, is made in *folder*."""

    def __init__(self, upstream: Path, folder: Path) -> None:
        self._upstream_config = upstream
        self.kubeconfig = folder / "relay.kubeconfig"
        self.seen: list[Seen] = []
        """All requests so far, in the order of their answers."""
        self._refusals: dict[str, deque[int]] = defaultdict(deque)
        self._hidden: deque[frozenset[str]] = deque()
        self._running: dict[web.StreamResponse, web.Request] = {}
        self._started: Future[None] = Future()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="relay", daemon=True)

    def __enter__(self) -> Self:
        # Bound, not listening: while nobody else listens, the port refuses and stays ours.
        self._holder = socket.socket()
        self._holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._holder.bind((_LOOPBACK, 0))
        self._port: int = self._holder.getsockname()[1]
        self._thread.start()
        self._started.result(_PATIENCE_SECONDS)
        self.kubeconfig.write_text(_kubeconfig(f"http://{_LOOPBACK}:{self._port}"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(_PATIENCE_SECONDS)
        self._holder.close()

    def answers(self, kind: str) -> list[int]:
        """Return the HTTP statuses that watches of a kind (its plural) were answered with, oldest first."""
        return [seen.status for seen in list(self.seen) if seen.watch and seen.kind == kind]

    def starts(self) -> int:
        """Return how often Kopf was started: only its start asks for all groups of the API."""
        return sum(seen.path == "/apis" for seen in list(self.seen))

    def running(self) -> set[str]:
        """Return the kinds of which a watch runs."""
        return {_kind(request.path) for request in list(self._running.values())}

    def refuse_watches(self, kind: str, *statuses: int) -> None:
        """Cut the running watch of a kind and answer the next ones with these HTTP statuses."""
        self._refusals[kind].extend(statuses)
        self._do(self._cut(kind))

    def break_watch(self, kind: str, code: int) -> None:
        """Tell the running watch of a kind of an error, as the API server does in the middle of a stream."""
        self._do(self._tell(kind, code))

    def hide(self, *groups: str) -> None:
        """Leave groups out of the next listing of all groups, as an API server does that just started."""
        self._hidden.append(frozenset(groups))

    @contextmanager
    def away(self) -> Iterator[None]:
        """Cut all connections and refuse new ones until the end of the block."""
        self._do(self._leave())
        yield
        self._do(self._listen())

    def _do(self, work: Coroutine[None, None, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(_PATIENCE_SECONDS)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        app = web.Application(client_max_size=2**24)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, handler_cancellation=True, shutdown_timeout=0)
        async with Upstream.connect(self._upstream_config) as self._upstream:
            await self._runner.setup()
            await self._listen()
            self._started.set_result(None)
            await self._ended.wait()
            await self._runner.cleanup()

    async def _listen(self) -> None:
        self._site = web.TCPSite(self._runner, _LOOPBACK, self._port, reuse_address=True)
        await self._site.start()

    async def _leave(self) -> None:
        await self._site.stop()
        assert self._runner.server is not None
        for connection in self._runner.server.connections:
            connection.force_close()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        watch = request.query.get("watch") == "true"
        if watch and (refusals := self._refusals[_kind(request.path)]):
            status = refusals.popleft()
            self.seen.append(Seen(request.path, watch, status))
            # The API server says in the stream that a version has expired (410), not before it.
            if status == EXPIRED:
                return web.Response(body=_error(status))
            return web.json_response({"kind": "Status", "code": status}, status=status)
        try:
            async with self._upstream.request(request) as upstream:
                self.seen.append(Seen(request.path, watch, upstream.status))
                if request.path == "/apis" and self._hidden:
                    return _without(self._hidden.popleft(), json.loads(await upstream.read()))
                response = web.StreamResponse(status=upstream.status, headers=end_to_end(upstream.headers))
                await response.prepare(request)
                await self._stream(upstream, response, request if watch else None)
                return response
        except (aiohttp.ClientError, OSError):
            return _reset(request)

    async def _stream(
        self, upstream: aiohttp.ClientResponse, response: web.StreamResponse, watch: web.Request | None
    ) -> None:
        if watch:
            self._running[response] = watch
        try:
            async for chunk in upstream.content.iter_any():
                await response.write(chunk)
        finally:
            self._running.pop(response, None)

    async def _tell(self, kind: str, code: int) -> None:
        for response, request in list(self._running.items()):
            if _kind(request.path) == kind:
                await response.write(_error(code))

    async def _cut(self, kind: str) -> None:
        for request in list(self._running.values()):
            if _kind(request.path) == kind:
                _reset(request)


def _kind(path: str) -> str:
    return path.rpartition("/")[2]


def _error(code: int) -> bytes:
    status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code, "message": "broken"}
    return json.dumps({"type": "ERROR", "object": status}).encode() + b"\n"


def _without(hidden: frozenset[str], found: dict[str, Any]) -> web.Response:
    return web.json_response(
        found | {"groups": [group for group in found["groups"] if group["name"] not in hidden]}
    )


def _reset(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _kubeconfig(server: str) -> str:
    named = {"name": "relay"}
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [named | {"cluster": {"server": server}}],
            "users": [named | {"user": {}}],
            "contexts": [named | {"context": {"cluster": "relay", "user": "relay"}}],
            "current-context": "relay",
        }
    )
