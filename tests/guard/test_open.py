"""What callers may ask goes through unchanged, however large, however sent, however long it takes."""

from __future__ import annotations

import gzip
import io
import json
import re
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import grpc
import pytest

from sluiceway.build.guard import ports
from sluiceway.build.guard.bootstrap import BOOTSTRAP
from sluiceway.build.guard.clusters import clusters
from sluiceway.build.guard.files import files
from tests.guard.test_closed import OPEN_METHODS
from tests.guard.triton import PlayedTriton
from tests.guard.wire import INFER, Answer, infer, line, request
from tests.support.guard import KEY, MODEL, REVISION, Guard
from tests.support.poll import becomes

pytestmark = pytest.mark.asyncio(loop_scope="module")

_LARGE = bytes(range(256)) * 80_000
"""20 MB."""
_DURATION = re.compile(r"[0-9.]+s")
_LENGTH = "Inference-Header-Content-Length"
_MODELS = ("/v2/models/fraud", "/v2/models/fraud/versions/1", "/v2/models/A_b.c-1/versions/12")
OPEN = [
    *(("POST", f"{model}/{what}") for model in _MODELS for what in ("infer", "generate", "generate_stream")),
    *(("GET", f"{model}{what}") for model in _MODELS for what in ("", "/ready", "/config", "/stats")),
    *((method, path) for method in ("GET", "HEAD") for path in ("/v2/health/live", "/v2/health/ready")),
    *(("GET", path) for path in ("/v2", "/v2/", "/v2/models/fraud/infer?verbose=1")),
]


async def _alone(guard: Guard, raw: bytes) -> Answer:
    async with line(guard.at[ports.HTTP_PORT]) as connection:
        return await connection.ask(raw)


@pytest.mark.parametrize(("method", "path"), OPEN)
async def test_what_is_open_arrives_as_it_was_asked(
    guard: Guard, triton: PlayedTriton, method: str, path: str
) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, guard.http + path, data=b"{}" if method == "POST" else None) as response,
    ):
        assert response.status == 200
    assert [(each.method, each.path) for each in triton.asked] == [(method, path)]


@pytest.mark.parametrize(
    "path",
    [
        *(f"/inference.GRPCInferenceService/{name}" for name in sorted(OPEN_METHODS)),
        *(f"/grpc.health.v1.Health/{name}" for name in ("Check", "Watch")),
    ],
)
async def test_what_is_open_by_grpc_arrives(guard: Guard, triton: PlayedTriton, path: str) -> None:
    async with grpc.aio.insecure_channel(guard.grpc) as channel:
        assert await channel.unary_unary(path)(b"asked") == b"asked"
    assert triton.paths() == [path]


@pytest.mark.parametrize(
    ("target", "status", "arrived"),
    [
        ("/v2//models/fraud/infer", 200, [INFER]),
        ("/v2/./models/../models/fraud/infer", 200, [INFER]),
        ("/v2/models/other/%2E%2E/fraud/infer", 200, [INFER]),
        ("http://model/v2/models/fraud/infer", 200, [INFER]),
        ("/v2/models/../infer", 403, []),
        ("/v2/models/./infer", 403, []),
        ("/v2/models/fraud/infer/", 403, []),
        ("/v2/models/fraud%2finfer", 400, []),
        ("/v2/models/fraud%5Cinfer", 400, []),
        ("/v2/models/%66raud/infer", 200, [INFER]),
        ("/v2/models/fraud/infer#", 400, []),
    ],
)
async def test_triton_gets_a_path_in_its_plain_form_or_not_at_all(
    guard: Guard, triton: PlayedTriton, target: str, status: int, arrived: list[str]
) -> None:
    assert (await _alone(guard, infer(path=target))).status == status
    assert triton.paths() == arrived


async def test_how_many_requests_run_at_once_is_tritons_to_say(guard: Guard, triton: PlayedTriton) -> None:
    async def all_at_work() -> bool:
        return triton.running == 100

    async with AsyncExitStack() as stack:
        callers = [await stack.enter_async_context(line(guard.at[ports.HTTP_PORT])) for _ in range(100)]
        for caller in callers:
            caller.send(infer("played: wait"))
        await becomes("a hundred requests at work", all_at_work, seconds=10)
        triton.go_on.set()
        assert [(await caller.answer()).status for caller in callers] == [200] * 100
    limits = [each["circuit_breakers"]["thresholds"][0] for each in clusters()]
    assert {limit.pop("max_retries") for limit in limits} == {0}
    assert {count for limit in limits for count in limit.values()} == {1_000_000_000}


async def test_http_1_0_is_served(guard: Guard, triton: PlayedTriton) -> None:
    assert (await _alone(guard, request("/v2/health/ready", version="1.0"))).status == 200
    assert triton.paths() == ["/v2/health/ready"]


@pytest.mark.parametrize("sent", ["whole", "in chunks", "when told to continue"])
async def test_large_bodies_pass_both_ways(guard: Guard, triton: PlayedTriton, sent: str) -> None:
    async def chunks() -> Any:
        for start in range(0, len(_LARGE), 1_000_000):
            yield _LARGE[start : start + 1_000_000]

    async with (
        aiohttp.ClientSession() as session,
        session.post(
            guard.http + INFER,
            data=chunks() if sent == "in chunks" else io.BytesIO(_LARGE),
            headers={"played": "echo"},
            expect100=sent == "when told to continue",
        ) as response,
    ):
        assert await response.read() == _LARGE
    assert triton.asked[0].body == _LARGE


async def test_large_messages_pass_both_ways(guard: Guard, triton: PlayedTriton) -> None:
    unlimited = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]
    async with grpc.aio.insecure_channel(guard.grpc, options=unlimited) as channel:
        call = channel.unary_unary("/inference.GRPCInferenceService/ModelInfer")
        assert await call(_LARGE) == _LARGE


async def test_messages_of_a_stream_pass_one_by_one(guard: Guard, triton: PlayedTriton) -> None:
    async with grpc.aio.insecure_channel(guard.grpc) as channel:
        call = channel.stream_stream("/inference.GRPCInferenceService/ModelStreamInfer")()
        for message in (b"one", b"two"):
            await call.write(message)
            assert await call.read() == message
        await call.done_writing()
        assert await call.code() == grpc.StatusCode.OK


async def test_the_length_of_the_json_part_keeps_its_case_both_ways(
    guard: Guard, triton: PlayedTriton
) -> None:
    answer = await _alone(guard, infer(f"{_LENGTH}: 2", "played: echo"))
    assert answer.headers[_LENGTH] == "2"
    assert (_LENGTH, "2") in triton.asked[0].headers


async def test_compressed_bodies_are_left_as_they_are(guard: Guard, triton: PlayedTriton) -> None:
    packed = gzip.compress(b"{}")
    async with (
        aiohttp.ClientSession(auto_decompress=False) as session,
        session.post(
            guard.http + INFER,
            data=packed,
            headers={"played": "echo", "Content-Encoding": "gzip", "Accept-Encoding": "gzip"},
        ) as response,
    ):
        assert await response.read() == packed
    headers = dict(triton.asked[0].headers)
    assert (headers["Content-Encoding"], headers["Accept-Encoding"]) == ("gzip", "gzip")


async def test_triton_sees_no_header_that_the_caller_did_not_send(guard: Guard, triton: PlayedTriton) -> None:
    await _alone(guard, infer())
    assert {name.lower() for name, _ in triton.asked[0].headers} == {
        "host",
        "content-length",
        "x-forwarded-proto",
    }


async def test_no_request_is_cut_for_taking_long() -> None:
    found = {name: json.loads(text) for name, text in files(MODEL, REVISION, KEY).items()}
    routes = [
        route["route"]
        for name in ("http.json", "grpc.json", "own.json")
        for route in found[name]["resources"][0]["virtual_hosts"][0]["routes"]
        if "route" in route
    ]
    assert routes
    assert {route["timeout"] for route in routes} == {"0s"}
    # The only limits: on connecting, on idle connections to Triton, on sending the headers of a request.
    assert dict(_limits(found[BOOTSTRAP])) == {
        "stats_flush_interval": "0.5s",
        "connect_timeout": "1s",
        "idle_timeout": "1s",
        "stream_idle_timeout": "0s",
        "request_headers_timeout": "10s",
    }


def _limits(value: Any) -> list[tuple[str, str]]:
    if isinstance(value, list):
        return [each for item in value for each in _limits(item)]
    if not isinstance(value, dict):
        return []
    own = [(key, text) for key, text in value.items() if isinstance(text, str) and _DURATION.fullmatch(text)]
    return own + [each for item in value.values() for each in _limits(item)]
