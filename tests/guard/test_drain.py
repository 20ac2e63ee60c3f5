"""The drain: callers are asked to go elsewhere, and are served until they do."""

from __future__ import annotations

import asyncio

import grpc
import pytest

from sluiceway.api import names
from sluiceway.build.guard import ports
from tests.guard.cable import laid
from tests.guard.counting import later
from tests.guard.draining import drained
from tests.guard.triton import PlayedTriton
from tests.guard.wire import ask, infer, line, request
from tests.support.guard import KEY, Guard, guarding
from tests.support.poll import becomes

pytestmark = pytest.mark.asyncio(loop_scope="module")

_CALL = "/inference.GRPCInferenceService/ModelInfer"
_GOAWAY = 7


@pytest.mark.parametrize(
    ("target", "headers"),
    [
        ("/drain", []),
        ("/drain", [f"{names.HEADER_GUARD_KEY}: {KEY}x"]),
        ("/drain", [f"{names.HEADER_GUARD_KEY}:"]),
        ("/drain?graceful", [f"{names.HEADER_GUARD_KEY}: {KEY}"]),
        ("/drain/", [f"{names.HEADER_GUARD_KEY}: {KEY}"]),
    ],
)
async def test_nobody_drains_without_the_key(guard: Guard, target: str, headers: list[str]) -> None:
    for port in (ports.GUARD_PORT, ports.HTTP_PORT, ports.GRPC_PORT):
        assert (await ask(guard.at[port], request(target, *headers))).status == 403
    assert "connection" not in (await ask(guard.at[ports.HTTP_PORT], infer())).headers


async def test_callers_of_http_are_told_with_their_next_answer(triton: PlayedTriton) -> None:
    async with (
        guarding(triton.http, triton.grpc) as guard,
        line(guard.at[ports.HTTP_PORT]) as idle,
        line(guard.at[ports.HTTP_PORT]) as busy,
    ):
        assert "connection" not in (await idle.ask(infer())).headers
        busy.send(infer("played: wait"))
        await becomes("a request at work", lambda: _at_work(triton))
        assert await drained(guard) == 200
        triton.go_on.set()
        for told in (await busy.answer(), await idle.ask(infer())):
            assert (told.status, told.headers["connection"]) == (200, "close")
        # Pods stay in some load balancers' lists for a while: whoever still comes is served.
        assert (await ask(guard.at[ports.HTTP_PORT], infer())).status == 200


async def test_callers_of_grpc_are_told_and_lose_nothing(triton: PlayedTriton) -> None:
    async with (
        guarding(triton.http, triton.grpc) as guard,
        laid(guard.at[ports.GRPC_PORT]) as cable,
        grpc.aio.insecure_channel(f"127.0.0.1:{cable.port}") as channel,
    ):
        call = channel.unary_unary(_CALL)
        assert await call(b"before") == b"before"
        running = asyncio.create_task(_finished(call(b"running", metadata=(("played", "wait"),))))
        await becomes("a request at work", lambda: _at_work(triton))
        assert _GOAWAY not in cable.frames()
        assert await drained(guard) == 200
        assert await call(b"after") == b"after"
        triton.go_on.set()
        assert await running == b"running"
        assert _GOAWAY in cable.frames()
        assert await call(b"on a new connection") == b"on a new connection"


async def test_who_comes_after_the_drain_is_served(triton: PlayedTriton) -> None:
    async with guarding(triton.http, triton.grpc, drain_seconds=1) as guard:
        assert await drained(guard) == 200
        await later(guard, 1)
        assert (await ask(guard.at[ports.HTTP_PORT], infer())).status == 200


async def test_probes_and_counters_go_on(triton: PlayedTriton) -> None:
    async with guarding(triton.http, triton.grpc) as guard:
        assert await drained(guard) == 200
        for target in ("/ready", "/v2/models/fraud/ready", "/stats"):
            assert (await ask(guard.at[ports.GUARD_PORT], request(target))).status == 200


async def _finished(call: grpc.aio.UnaryUnaryCall[bytes, bytes]) -> bytes:
    answer: bytes = await call
    return answer


async def _at_work(triton: PlayedTriton) -> bool:
    return triton.running == 1
