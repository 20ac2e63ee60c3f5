"""Clients that break the protocol: the guard lives on, serves others, and blames none of it on the model."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import grpc
import pytest

from sluiceway.build.guard import ports
from sluiceway.build.guard.bootstrap import BOOTSTRAP
from sluiceway.build.guard.files import files
from tests.guard.counting import answered, counting, grpc_answered, later
from tests.guard.triton import PlayedTriton
from tests.guard.wire import INFER, ask, infer, line, request
from tests.support.guard import KEY, MODEL, REVISION, Guard, guarding
from tests.support.poll import becomes

pytestmark = pytest.mark.asyncio(loop_scope="module")

_CALL = "/inference.GRPCInferenceService/ModelInfer"
_LISTENERS = ("http", "grpc", "own")
_PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
_PUSH = b"\x00\x00\x04\x05\x04\x00\x00\x00\x01\x00\x00\x00\x02"
_BAD = {
    "bytes of anything": bytes(range(256)) * 40,
    "zeros": bytes(10_000),
    "half a greeting of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100),
    "no version": b"POST /v2/models/fraud/infer\r\n\r\n",
    "a header of 100 KB": infer(f"X-Large: {'x' * 100_000}"),
    "a path of 100 KB": request(f"{INFER}?{'x' * 100_000}", method="POST"),
    "a thousand headers": infer(*(f"X-{number}: 1" for number in range(1000))),
    "no host": b"POST /v2/models/fraud/infer HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
    "half of an HTTP/2 preface": _PREFACE[:10] + b"\r\n\r\n",
    "anything after an HTTP/2 preface": _PREFACE + bytes(range(256)) * 40,
    "a frame of HTTP/2 that only servers send": _PREFACE + _SETTINGS + _PUSH,
    "a frame of HTTP/2 that is too large": _PREFACE + _SETTINGS + b"\xff\xff\xff\x00\x00\x00\x00\x00\x01",
}


@pytest.mark.parametrize("port", [ports.HTTP_PORT, ports.GRPC_PORT, ports.GUARD_PORT])
async def test_garbage_is_turned_away(guard: Guard, triton: PlayedTriton, port: int) -> None:
    async with counting(guard, {}):
        told = await asyncio.gather(*(_told(guard.at[port], raw) for raw in _BAD.values()))
    served = {what: said for what, said in zip(_BAD, told, strict=True) if said.startswith(b"HTTP/1.1 2")}
    assert served == {}
    assert not triton.asked
    await _serves(guard)


async def _told(port: int, raw: bytes) -> bytes:
    async with line(port) as client:
        client.send(raw)
        return await client.rest()


@pytest.mark.parametrize("forwarded", [[], ["X-Forwarded-For: 10.0.0.1"]])
async def test_callers_do_not_tell_envoy_what_to_do(
    guard: Guard, triton: PlayedTriton, forwarded: list[str]
) -> None:
    told = ["X-Envoy-Upstream-Rq-Timeout-Ms: 1", "X-Envoy-Upstream-Alt-Stat-Name: another", *forwarded]
    async with counting(guard, answered("http")), line(guard.at[ports.HTTP_PORT]) as caller:
        running = {"cluster.http.upstream_rq_active": 1, "cluster.http.upstream_rq_total": 1}
        async with counting(guard, running):
            caller.send(infer("played: wait", *told))
            await later(guard, 1)
        triton.go_on.set()
        assert (await caller.answer()).status == 200
    every_counter = f"http://127.0.0.1:{guard.at[ports.ADMIN_PORT]}/stats?filter=another"
    async with aiohttp.ClientSession() as session, session.get(every_counter) as response:
        assert (response.status, await response.text()) == (200, "")


async def test_half_a_body_is_the_callers_leaving(guard: Guard, triton: PlayedTriton) -> None:
    left = {
        "cluster.http.upstream_rq_total": 1,
        "cluster.http.upstream_cx_destroy_local_with_active_rq": 1,
    }
    running = {"cluster.http.upstream_rq_active": 1, "cluster.http.upstream_rq_total": 1}
    async with counting(guard, left), line(guard.at[ports.HTTP_PORT]) as client, counting(guard, running):
        client.send(request(INFER, "Content-Length: 100", method="POST") + b"half")
    assert not triton.asked
    await _serves(guard)


async def test_half_a_request_on_500_connections(guard: Guard) -> None:
    async with counting(guard, answered("http") | grpc_answered("grpc")), AsyncExitStack() as stack:
        for port in (ports.HTTP_PORT, ports.GRPC_PORT) * 250:
            client = await stack.enter_async_context(line(guard.at[port]))
            client.send(b"P")
        assert (await ask(guard.at[ports.GUARD_PORT], request("/ready"))).status == 200
        assert (await ask(guard.at[ports.HTTP_PORT], infer())).status == 200
        async with grpc.aio.insecure_channel(guard.grpc) as channel:
            assert await channel.unary_unary(_CALL)(b"{}") == b"{}"


async def test_who_does_not_finish_the_headers_is_turned_away(triton: PlayedTriton) -> None:
    def impatient(bootstrap: dict[str, Any]) -> None:
        for listener in bootstrap["static_resources"]["listeners"]:
            (manager,) = listener["filter_chains"][0]["filters"]
            assert manager["typed_config"]["request_headers_timeout"] == "10s"
            manager["typed_config"]["request_headers_timeout"] = "0.2s"

    starts = (b"P", b"POST /v2/models/fraud/infer HTTP/1.1\r\nHo", _PREFACE[:3] + b"x")
    async with guarding(triton.http, triton.grpc, _changed(impatient)) as guard, counting(guard, {}):
        for told in await asyncio.gather(*(_told(guard.at[ports.HTTP_PORT], start) for start in starts)):
            assert told.startswith(b"HTTP/1.1 408")


async def test_connections_have_a_limit_that_probes_do_not_feel(triton: PlayedTriton) -> None:
    def full(bootstrap: dict[str, Any]) -> None:
        (layer,) = bootstrap["layered_runtime"]["layers"]
        limit = {
            name: f"envoy.resource_limits.listener.{name}.connection_limit"
            for name in ("http", "grpc", "own")
        }
        assert set(layer["static_layer"]) == set(limit.values())
        layer["static_layer"] |= {limit["http"]: 3, limit["grpc"]: 3}

    async with guarding(triton.http, triton.grpc, _changed(full)) as guard:
        async with AsyncExitStack() as stack:
            for _ in range(2):
                await _taken(guard, stack)
            for _ in range(5):
                await _probed(guard)
            await _taken(guard, stack)
            async with line(guard.at[ports.HTTP_PORT]) as refused:
                assert await refused.rest() == b""
            await _probed(guard)

        async def served() -> bool:
            async with line(guard.at[ports.HTTP_PORT]) as caller:
                try:
                    return (await caller.ask(infer())).status == 200
                except (asyncio.IncompleteReadError, ConnectionError):
                    return False

        await becomes("callers are served again", served, seconds=5)


async def _taken(guard: Guard, stack: AsyncExitStack) -> None:
    caller = await stack.enter_async_context(line(guard.at[ports.HTTP_PORT]))
    assert (await caller.ask(infer())).status == 200


async def _probed(guard: Guard) -> None:
    ready = request(f"/v2/models/{MODEL}/ready")
    assert (await ask(guard.at[ports.GUARD_PORT], ready)).status == 200


async def _serves(guard: Guard) -> None:
    assert guard.process.returncode is None
    async with counting(guard, answered("http")):
        assert (await ask(guard.at[ports.HTTP_PORT], infer())).status == 200


def _changed(change: Callable[[dict[str, Any]], None]) -> dict[str, str]:
    content = files(MODEL, REVISION, KEY)
    bootstrap = json.loads(content[BOOTSTRAP])
    change(bootstrap)
    return content | {BOOTSTRAP: json.dumps(bootstrap)}
