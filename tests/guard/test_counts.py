"""Which requests count, and as what: users' inference does; probes, golden inputs and previews do not."""

from __future__ import annotations

import json

import grpc
import pytest

from sluiceway.api import names
from sluiceway.build.guard import ports
from sluiceway.build.guard.ladder import BUCKETS_MILLISECONDS, WHOLE_MILLISECONDS
from tests.guard.counting import answered, counting, grpc_answered, ladders, read
from tests.guard.triton import PlayedTriton
from tests.guard.wire import INFER, ask, infer, line, request
from tests.support.guard import MODEL, REVISION, Guard

pytestmark = pytest.mark.asyncio(loop_scope="module")

_PREVIEW = f"{names.HEADER_REVISION}: {REVISION}"
_INFER, _STREAM = ("/inference.GRPCInferenceService/" + name for name in ("ModelInfer", "ModelStreamInfer"))


@pytest.mark.parametrize(
    ("path", "headers", "kind"),
    [
        (INFER, [], "http"),
        ("/v2/models/fraud/versions/1/infer", [], "http"),
        ("/v2/models/fraud/generate", [], "http"),
        ("/v2/models/fraud/generate_stream", [], "http_stream"),
        (INFER, [f"{names.HEADER_REVISION}: fraud-81d40"], "http"),
        (INFER, [f"{names.HEADER_REVISION}: {REVISION}0"], "http"),
        ("/v2/models/fraud/generate_stream", [f"{names.HEADER_REVISION}: fraud-81d40"], "http_stream"),
    ],
)
async def test_inference_of_users_counts(guard: Guard, path: str, headers: list[str], kind: str) -> None:
    async with counting(guard, answered(kind)):
        await ask(guard.at[ports.HTTP_PORT], infer(*headers, path=path))


@pytest.mark.parametrize(("status", "kind"), [("200", "2xx"), ("404", "4xx"), ("500", "5xx"), ("503", "5xx")])
async def test_answers_count_by_their_class(guard: Guard, status: str, kind: str) -> None:
    async with counting(guard, answered("http", kind)):
        assert (await ask(guard.at[ports.HTTP_PORT], infer(f"played: {status}"))).status == int(status)


@pytest.mark.parametrize(
    ("port", "raw"),
    [
        (ports.HTTP_PORT, infer(_PREVIEW)),
        (ports.HTTP_PORT, infer(_PREVIEW.upper().replace(REVISION.upper(), REVISION))),
        (ports.HTTP_PORT, infer(_PREVIEW, path="/v2/models/fraud/generate_stream")),
        (ports.HTTP_PORT, infer(_PREVIEW, "played: 500")),
        (ports.HTTP_PORT, infer(_PREVIEW, "played: leave")),
        *(
            (ports.HTTP_PORT, request(path))
            for path in ("/v2", "/v2/health/ready", "/v2/models/fraud", "/v2/models/fraud/stats")
        ),
        (ports.HTTP_PORT, request("/v2/repository/index", method="POST")),
        (ports.GUARD_PORT, request(f"/v2/models/{MODEL}/ready")),
        (ports.GUARD_PORT, request("/ready")),
        (ports.GUARD_PORT, request("/stats")),
    ],
)
async def test_what_is_no_users_inference_does_not_count(guard: Guard, port: int, raw: bytes) -> None:
    # The request that counts comes last: when it is seen, what was to be seen of the others has been.
    async with counting(guard, answered("http")):
        await ask(guard.at[port], raw)
        await ask(guard.at[ports.HTTP_PORT], infer())


@pytest.mark.parametrize(
    ("path", "metadata", "kind"),
    [
        (_INFER, (), "grpc"),
        (_STREAM, (), "grpc_stream"),
        (_INFER, ((names.HEADER_REVISION, "fraud-81d40"),), "grpc"),
    ],
)
async def test_grpc_inference_of_users_counts(
    guard: Guard, path: str, metadata: tuple[tuple[str, str], ...], kind: str
) -> None:
    async with grpc.aio.insecure_channel(guard.grpc) as channel, counting(guard, grpc_answered(kind)):
        await channel.unary_unary(path)(b"{}", metadata=metadata)


@pytest.mark.parametrize(
    ("path", "metadata"),
    [
        (_INFER, ((names.HEADER_REVISION, REVISION),)),
        (_STREAM, ((names.HEADER_REVISION, REVISION),)),
        (_INFER, ((names.HEADER_REVISION, REVISION), ("played", "refuse"))),
        ("/inference.GRPCInferenceService/ModelMetadata", ()),
        ("/grpc.health.v1.Health/Check", ()),
        ("/inference.GRPCInferenceService/RepositoryIndex", ()),
    ],
)
async def test_what_is_no_users_inference_does_not_count_by_grpc(
    guard: Guard, path: str, metadata: tuple[tuple[str, str], ...]
) -> None:
    async with grpc.aio.insecure_channel(guard.grpc) as channel, counting(guard, grpc_answered("grpc")):
        call = channel.unary_unary(path)(b"{}", metadata=metadata)
        await call.code()
        await channel.unary_unary(_INFER)(b"{}")


async def test_what_is_in_flight_is_seen(guard: Guard, triton: PlayedTriton) -> None:
    async with counting(guard, answered("http")), line(guard.at[ports.HTTP_PORT]) as connection:
        running = {"cluster.http.upstream_rq_active": 1, "cluster.http.upstream_rq_total": 1}
        async with counting(guard, running):
            connection.send(infer("played: wait"))
        triton.go_on.set()
        assert (await connection.answer()).status == 200


async def test_latencies_are_told_apart_at_every_bound_of_the_ladder(guard: Guard) -> None:
    async with counting(guard, answered("http")):
        await ask(guard.at[ports.HTTP_PORT], infer())
    (histograms,) = [each for each in (await read(guard))["stats"] if "histograms" in each]
    bounds = [bucket["upper_bound"] for bucket in ladders(histograms)["cluster.http.upstream_rq_time"]]
    assert bounds == [*BUCKETS_MILLISECONDS, WHOLE_MILLISECONDS]


async def test_the_counters_are_small_enough_to_be_read_often(guard: Guard) -> None:
    async with grpc.aio.insecure_channel(guard.grpc) as channel:
        for kind, path in (("grpc", _INFER), ("grpc_stream", _STREAM)):
            async with counting(guard, grpc_answered(kind)):
                await channel.unary_unary(path)(b"{}")
    for kind, path in (("http", INFER), ("http_stream", "/v2/models/fraud/generate_stream")):
        for status in (200, 400, 500):
            async with counting(guard, answered(kind, f"{status // 100}xx")):
                await ask(guard.at[ports.HTTP_PORT], infer(f"played: {status}", path=path))
    assert len(json.dumps(await read(guard), separators=(",", ":"))) < 8192
