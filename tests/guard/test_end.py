"""The guard ends itself when whoever asked before the drain has had the time for it, and streams with it."""

from __future__ import annotations

import asyncio
from queue import SimpleQueue

import grpc
import pytest

from sluiceway.api import names
from sluiceway.build.guard import ports
from sluiceway.build.guard.routes import END_AFTER
from tests.guard.counting import later
from tests.guard.draining import drained
from tests.guard.triton import PlayedTriton
from tests.guard.wire import ask, infer, request
from tests.support.guard import KEY, Guard, guarding
from tests.support.poll import becomes

pytestmark = pytest.mark.asyncio(loop_scope="module")

_STREAM = "/inference.GRPCInferenceService/ModelStreamInfer"


class Stream:
    """A gRPC stream, for a thread: while grpc.aio writes, it says INTERNAL of a connection that is closed."""

    def __init__(self, address: str, *, busy: bool) -> None:
        self.answers = 0
        self._address = address
        self._busy = busy

    def run(self) -> grpc.StatusCode:
        """Ask once or, when busy, whenever answered; return how the stream ended."""
        questions: SimpleQueue[bytes] = SimpleQueue()
        questions.put(b"once")
        with grpc.insecure_channel(self._address) as channel:
            call = channel.stream_stream(_STREAM)(iter(questions.get, b"no more"), timeout=30)
            try:
                for answer in call:
                    self.answers += 1
                    if self._busy:
                        questions.put(answer)
            except grpc.RpcError as error:
                code: grpc.StatusCode = error.code()
                return code
            finally:
                questions.put(b"no more")
        return grpc.StatusCode.OK

    async def is_answered(self) -> bool:
        """Tell whether there was an answer."""
        return self.answers > 0


@pytest.mark.parametrize("busy", [True, False], ids=["busy", "idle"])
async def test_a_stream_is_served_until_the_guard_ends(triton: PlayedTriton, busy: bool) -> None:
    async with guarding(triton.http, triton.grpc) as guard:
        stream = Stream(guard.grpc, busy=busy)
        ended = asyncio.create_task(asyncio.to_thread(stream.run))
        await becomes("an answer", stream.is_answered)
        assert await drained(guard, 1000) == 200
        before = stream.answers
        assert await ended is grpc.StatusCode.UNAVAILABLE
        assert (stream.answers > before) is busy
        assert await asyncio.wait_for(guard.process.wait(), 10) == 0
        assert guard.log == []
    await becomes("Triton has no stream", lambda: _idle(triton))


async def test_a_guard_that_is_not_told_when_to_end_goes_on(triton: PlayedTriton) -> None:
    drain = request("/drain", f"{names.HEADER_GUARD_KEY}: {KEY}")
    async with guarding(triton.http, triton.grpc) as guard:
        assert (await ask(guard.at[ports.GUARD_PORT], drain)).status == 200
        await later(guard, 1)
        assert (await ask(guard.at[ports.HTTP_PORT], infer())).status == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_nobody_ends_the_guard_without_the_key(guard: Guard, method: str) -> None:
    for path in ("/drain", "/drain_listeners"):
        for key in ("", f"{KEY}x"):
            raw = request(path, f"{END_AFTER}: 0", f"{names.HEADER_GUARD_KEY}: {key}", method=method)
            for port in (ports.GUARD_PORT, ports.HTTP_PORT, ports.GRPC_PORT):
                assert (await ask(guard.at[port], raw)).status == 403
    await later(guard, 1)
    assert guard.process.returncode is None


async def _idle(triton: PlayedTriton) -> bool:
    return triton.running == 0
