"""How each way in which a request can end reads in the guard's counters: what evidence is made of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import grpc
import pytest
import pytest_asyncio

from sluiceway.build.guard import ports
from tests.guard.cable import Cable, laid
from tests.guard.counting import answered, counting, grpc_answered
from tests.guard.triton import PlayedTriton
from tests.guard.wire import INFER, ask, infer, line
from tests.support.guard import Guard, free_ports, guarding
from tests.support.poll import becomes

pytestmark = pytest.mark.asyncio(loop_scope="module")

_CALL = "/inference.GRPCInferenceService/ModelInfer"
_STREAM = "/v2/models/fraud/generate_stream"


@dataclass(frozen=True)
class Wired:
    """A guard, what it guards, and the connection between them for gRPC."""

    guard: Guard
    triton: PlayedTriton
    cable: Cable

    @property
    def http(self) -> int:
        """Port of the guarded HTTP interface."""
        return self.guard.at[ports.HTTP_PORT]

    async def arrived(self) -> None:
        """Wait until Triton is at work on one request."""
        await becomes("one request at work", self._at_work)

    async def _at_work(self) -> bool:
        return self.triton.running == 1


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def wired(triton: PlayedTriton) -> AsyncIterator[Wired]:
    """Return a guard with a cable to Triton's gRPC port."""
    async with laid(triton.grpc) as cable, guarding(triton.http, cable.port) as guard:
        yield Wired(guard, triton, cable)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def alone() -> AsyncIterator[Guard]:
    """Return a guard that guards nothing: what it passes on is refused."""
    http, grpc_port = free_ports(2)
    async with guarding(http, grpc_port) as guard:
        yield guard


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def deaf() -> AsyncIterator[Guard]:
    """Return the guard of what takes connections and says nothing."""
    server = await asyncio.start_server(_listen, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with guarding(port, port) as guard:
        yield guard
    server.close()


async def _listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        await reader.read()
    writer.close()


@contextmanager
def failing(code: grpc.StatusCode) -> Iterator[None]:
    """Check that the caller in the block is told this code."""
    with pytest.raises(grpc.aio.AioRpcError) as failure:
        yield
    assert failure.value.code() == code


async def test_http_connection_refused(alone: Guard) -> None:
    # It is not in `upstream_rq_total`, which is for what got as far as a connection.
    async with counting(alone, {"cluster.http.upstream_rq_5xx": 1}):
        assert (await ask(alone.at[ports.HTTP_PORT], infer())).status == 503


async def test_grpc_connection_refused(alone: Guard) -> None:
    expected = {
        "cluster.grpc.grpc.14": 1,
        "cluster.grpc.upstream_rq_5xx": 1,
    }
    async with grpc.aio.insecure_channel(alone.grpc) as channel, counting(alone, expected):
        with failing(grpc.StatusCode.UNAVAILABLE):
            await channel.unary_unary(_CALL)(b"{}")


async def test_http_closed_without_an_answer(wired: Wired) -> None:
    expected = {"cluster.http.upstream_rq_5xx": 1, "cluster.http.upstream_rq_total": 1}
    async with counting(wired.guard, expected):
        assert (await ask(wired.http, infer("played: leave"))).status == 503


async def test_grpc_closed_without_an_answer(wired: Wired) -> None:
    expected = {
        "cluster.grpc.grpc.14": 1,
        "cluster.grpc.upstream_rq_5xx": 1,
        "cluster.grpc.upstream_rq_total": 1,
    }
    async with grpc.aio.insecure_channel(wired.guard.grpc) as channel, counting(wired.guard, expected):
        call = channel.unary_unary(_CALL)(b"{}", metadata=(("played", "hang"),))
        await wired.arrived()
        wired.cable.cut()
        with failing(grpc.StatusCode.UNAVAILABLE):
            await call


@pytest.mark.parametrize(("path", "kind"), [(INFER, "http"), (_STREAM, "http_stream")])
async def test_http_cut_in_the_middle_of_the_answer(wired: Wired, path: str, kind: str) -> None:
    # Its status was sent and counts. That it was cut is told by what the guard had to reset at the caller.
    expected = {
        f"cluster.{kind}.upstream_rq_2xx": 1,
        f"cluster.{kind}.upstream_rq_total": 1,
        "http.http.downstream_rq_tx_reset": 1,
    }
    async with counting(wired.guard, expected), line(wired.http) as caller:
        caller.send(infer("played: half", path=path))
        assert (await caller.rest()).endswith(b"half")


async def test_grpc_cut_in_the_middle_of_the_answer(wired: Wired) -> None:
    expected = {
        "cluster.grpc.upstream_rq_2xx": 1,
        "cluster.grpc.upstream_rq_total": 1,
        "http.grpc.downstream_rq_tx_reset": 1,
    }
    async with grpc.aio.insecure_channel(wired.guard.grpc) as channel, counting(wired.guard, expected):
        call = channel.unary_stream(_CALL)(b"{}", metadata=(("played", "wait"),))
        assert await call.read() == b"{}"
        wired.cable.cut()
        with failing(grpc.StatusCode.INTERNAL):
            await call.read()


async def test_http_caller_leaves_before_the_answer(wired: Wired) -> None:
    expected = {
        "cluster.http.upstream_rq_total": 1,
        "cluster.http.upstream_cx_destroy_local_with_active_rq": 1,
    }
    async with counting(wired.guard, expected), line(wired.http) as caller:
        caller.send(infer("played: wait"))
        await wired.arrived()


async def test_grpc_caller_leaves_before_the_answer(wired: Wired) -> None:
    expected = {"cluster.grpc.upstream_rq_total": 1, "cluster.grpc.upstream_rq_tx_reset": 1}
    async with grpc.aio.insecure_channel(wired.guard.grpc) as channel, counting(wired.guard, expected):
        call = channel.unary_unary(_CALL)(b"{}", metadata=(("played", "hang"),))
        await wired.arrived()
        call.cancel()


async def test_http_caller_leaves_a_triton_that_hangs(deaf: Guard) -> None:
    left = {"cluster.http.upstream_rq_total": 1, "cluster.http.upstream_cx_destroy_local_with_active_rq": 1}
    running = {"cluster.http.upstream_rq_active": 1, "cluster.http.upstream_rq_total": 1}
    async with counting(deaf, left), line(deaf.at[ports.HTTP_PORT]) as caller, counting(deaf, running):
        caller.send(infer())


async def test_grpc_deadline_while_triton_hangs(deaf: Guard) -> None:
    # Nobody but the caller knows that it was a deadline: it reads like any caller that leaves.
    expected = {"cluster.grpc.upstream_rq_total": 1, "cluster.grpc.upstream_rq_tx_reset": 1}
    async with grpc.aio.insecure_channel(deaf.grpc) as channel, counting(deaf, expected):
        with failing(grpc.StatusCode.DEADLINE_EXCEEDED):
            await channel.unary_unary(_CALL)(b"{}", timeout=0.2)


async def test_grpc_deadline_that_triton_keeps(wired: Wired) -> None:
    async with (
        grpc.aio.insecure_channel(wired.guard.grpc) as channel,
        counting(wired.guard, grpc_answered("grpc", 4)),
    ):
        with failing(grpc.StatusCode.DEADLINE_EXCEEDED):
            await channel.unary_unary(_CALL)(b"{}", metadata=(("played", "too late"),))


@pytest.mark.parametrize("part", ["refuse", "late"], ids=["trailers only", "trailers"])
async def test_grpc_error(wired: Wired, part: str) -> None:
    # HTTP says 200 to a failed call: for gRPC only the codes tell.
    async with (
        grpc.aio.insecure_channel(wired.guard.grpc) as channel,
        counting(wired.guard, grpc_answered("grpc", 14)),
    ):
        with failing(grpc.StatusCode.UNAVAILABLE):
            await channel.unary_unary(_CALL)(b"{}", metadata=(("played", part),))


async def test_http_503_of_triton_has_a_latency_and_the_guards_own_has_none(wired: Wired) -> None:
    async with counting(wired.guard, answered("http", "5xx")):
        assert (await ask(wired.http, infer("played: 503"))).status == 503
