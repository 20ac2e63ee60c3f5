"""Everything but a guard's whole answer in time is no answer, with the reason in words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from sluiceway.adapters.guard import EnvoyGuards
from sluiceway.core.readings import Reading, Unanswered
from tests.fakes.counters import answer
from tests.support.guard import free_ports

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
RIGHT = json.dumps(answer(cluster__http__upstream_rq_2xx=1))


@asynccontextmanager
async def answering(handler: Handler) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_get("/stats", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def read(handler: Handler) -> Reading | Unanswered:
    async with answering(handler) as target, EnvoyGuards() as guards:
        return await guards.read(target)


def says(body: str | bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> Handler:
    async def handle(_: web.Request) -> web.StreamResponse:
        content = body.encode() if isinstance(body, str) else body
        return web.Response(body=content, status=status, headers=headers)

    return handle


async def _hangs(_: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def _stops_in_the_middle(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": str(len(RIGHT))})
    await response.prepare(request)
    await response.write(RIGHT[:20].encode())
    assert request.transport
    request.transport.close()
    return response


async def _never_ends(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" " * 4096)


FAULTS: dict[str, tuple[Handler, str]] = {
    "an error": (says("no", 503), "status 503"),
    "a redirect": (says(RIGHT, 302, {"Location": "http://127.0.0.1:1/"}), "status 302"),
    "a page": (says("<html>hello</html>"), "not JSON: Expecting value"),
    "nothing": (says(""), "Expecting value"),
    "half of it": (says(RIGHT[:-5]), "not JSON"),
    "NaN": (says(RIGHT.replace(": 7", ": NaN")), "NaN is not a count"),
    "infinity": (says(RIGHT.replace(": 7", ": -Infinity")), "-Infinity is not a count"),
    "a number below zero": (says(RIGHT.replace(": 7", ": -7")), "not a count"),
    "a number of any length": (says(RIGHT.replace(": 7", ": 1" + "0" * 5000)), "limit"),
    "depth without end": (says("[" * 60_000), "recursion"),
    "bytes that are no text": (says(b"\xff"), "decode"),
    "an answer without end": (_never_ends, "longer than 64 KiB"),
    "silence": (_hangs, "no answer within 0.4 s"),
    "a connection that is cut": (_stops_in_the_middle, "not completed"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_no_answer_is(fault: str) -> None:
    handler, words = FAULTS[fault]
    found = await read(handler)
    assert isinstance(found, Unanswered)
    assert words in found.reason
    assert len(found.reason) <= 160
    assert "\n" not in found.reason


async def test_no_answer_is_a_port_that_nobody_listens_on() -> None:
    async with EnvoyGuards() as guards:
        found = await guards.read(f"127.0.0.1:{free_ports(1)[0]}")
    assert isinstance(found, Unanswered)
    assert found.reason == "connection refused"


async def test_what_is_packed_is_not_unpacked() -> None:
    assert isinstance(await read(says(RIGHT, headers={"Content-Encoding": "gzip"})), Reading)


async def test_one_connection_is_kept() -> None:
    seen = set()

    async def handle(request: web.Request) -> web.StreamResponse:
        seen.add(request.transport)
        return web.Response(text=RIGHT)

    async with answering(handle) as target, EnvoyGuards() as guards:
        for _ in range(3):
            assert isinstance(await guards.read(target), Reading)
    assert len(seen) == 1
