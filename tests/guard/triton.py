"""What stands behind the guard: an HTTP and a gRPC server in this process that do as a request says.

A request carries its part in the header `played`; without one it is answered. Everything that arrives is
kept, so that a test can say what never did.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from aiohttp import web

PLAYED = "played"
_UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
_CODES = {
    "refuse": grpc.StatusCode.UNAVAILABLE,
    "late": grpc.StatusCode.UNAVAILABLE,
    "too late": grpc.StatusCode.DEADLINE_EXCEEDED,
}


@dataclass(frozen=True)
class Asked:
    """One request as it arrived: headers in the case and the order in which they came."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""


@dataclass
class PlayedTriton:
    """Its ports, what it was asked, and how many requests it has begun and not ended."""

    http: int = 0
    grpc: int = 0
    asked: list[Asked] = field(default_factory=list)
    running: int = 0
    connections: Callable[[], int] = int
    """How many HTTP connections it has."""
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    """What requests that play `wait` wait for."""

    def paths(self) -> list[str]:
        """Return the paths that arrived, oldest first."""
        return [each.path for each in self.asked]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one HTTP request, or do not."""
        raw = tuple((name.decode(), value.decode()) for name, value in request.raw_headers)
        body = await request.read()
        self.asked.append(Asked(request.method, request.raw_path, raw, body))
        part = request.headers.get(PLAYED, "")
        self.running += 1
        try:
            return await self._play(part, request, body)
        finally:
            self.running -= 1

    async def _play(self, part: str, request: web.Request, body: bytes) -> web.StreamResponse:
        if part.isdigit():
            return web.Response(status=int(part))
        if part == "echo":
            named = "Inference-Header-Content-Length"
            return web.Response(body=body, headers={named: request.headers.get(named, "0")})
        if part == "wait":
            await self.go_on.wait()
        if part in {"leave", "half"}:
            return await _broken_off(request, half=part == "half")
        return web.Response(text="{}")

    def service(self, call: Any) -> Any:
        """Answer one gRPC request, whatever its method: with what was sent, unless it says otherwise."""
        self.asked.append(Asked("POST", call.method, tuple(call.invocation_metadata)))
        part = dict(call.invocation_metadata).get(PLAYED, "")

        async def stream(requests: AsyncIterator[bytes], context: Any) -> AsyncIterator[bytes]:
            self.running += 1
            try:
                if part == "late":
                    await context.send_initial_metadata(())
                if part in _CODES:
                    await context.abort(_CODES[part], "as played")
                if part == "hang":
                    await self.go_on.wait()
                async for request in requests:
                    yield request
                if part == "wait":
                    await self.go_on.wait()
            finally:
                self.running -= 1

        return grpc.stream_stream_rpc_method_handler(stream)


@asynccontextmanager
async def playing() -> AsyncIterator[PlayedTriton]:
    """Run both servers for one block."""
    triton = PlayedTriton()
    async with AsyncExitStack() as stack:
        server = grpc.aio.server(options=_UNLIMITED)
        server.add_generic_rpc_handlers([_Generic(triton)])
        triton.grpc = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        stack.push_async_callback(server.stop, None)
        app = web.Application(client_max_size=2**26)
        app.router.add_route("*", "/{path:.*}", triton.answer)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0, auto_decompress=False)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        triton.http = runner.addresses[0][1]
        assert runner.server is not None
        triton.connections = lambda: len(runner.server.connections) if runner.server else 0
        stack.callback(triton.go_on.set)
        yield triton


class _Generic(grpc.GenericRpcHandler):  # type: ignore[misc]
    def __init__(self, triton: PlayedTriton) -> None:
        self._triton = triton

    def service(self, handler_call_details: Any) -> Any:
        return self._triton.service(handler_call_details)


async def _broken_off(request: web.Request, *, half: bool) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": "100"})
    if half:
        await response.prepare(request)
        await response.write(b"half")
    if request.transport is not None:
        request.transport.abort()
    return response
