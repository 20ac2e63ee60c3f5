"""A real guard in front of servers of this process that play Triton, and the adapter that reads it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import grpc
from aiohttp import ClientSession, ClientTimeout, web
from tritonclient.grpc import service_pb2, service_pb2_grpc

from sluiceway.adapters.guard import EnvoyGuards
from sluiceway.build.guard import ports
from sluiceway.core.golden import Output
from sluiceway.core.readings import Reading
from tests.fakes.models import FakeModel, Inputs, Refuses, Silent
from tests.support.guard import MODEL, Guard, guarding
from tests.support.v2_server import serving

PATIENCE_SECONDS = 20.0
LOOK_SECONDS = 0.05

INFER = f"/v2/models/{MODEL}/infer"
HELD = "held"
"""What a request asks for that is answered when everybody may go on."""
SILENT = "silent"
"""Among `codes`: a request over gRPC that is never answered."""


@dataclass
class Triton:
    """Answers HTTP with the status that a request names, gRPC with the next of `codes` or well."""

    codes: list[str] = field(default_factory=list)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)

    async def answer(self, request: web.Request) -> web.Response:
        """Answer one HTTP request."""
        wanted = await request.text()
        if wanted == HELD:
            await self.go_on.wait()
        return web.Response(status=int(wanted) if wanted.isdigit() else 200)

    def infer(self, _: Inputs) -> Mapping[str, Output]:
        """Answer one gRPC request."""
        code = self.codes.pop(0) if self.codes else "OK"
        if code == SILENT:
            raise Silent
        if code != "OK":
            raise Refuses(code, "as asked for")
        return {}


@dataclass(frozen=True)
class Guarded:
    """A guarded Triton, its callers, and who reads the guard."""

    triton: Triton
    guard: Guard
    guards: EnvoyGuards
    session: ClientSession

    async def post(self, wanted: str = "", path: str = INFER, **headers: str) -> int:
        """Ask over HTTP; return the status."""
        async with self.session.post(f"{self.guard.http}{path}", data=wanted, headers=headers) as response:
            await response.read()
            return response.status

    async def give_up(self, wanted: str, seconds: float) -> None:
        """Ask over HTTP and wait for no longer than this."""
        try:
            async with self.session.post(
                f"{self.guard.http}{INFER}", data=wanted, timeout=ClientTimeout(total=seconds)
            ):
                raise AssertionError("it was answered")
        except TimeoutError:
            pass

    async def call(self) -> grpc.StatusCode:
        """Ask over gRPC; return the status."""
        async with grpc.aio.insecure_channel(self.guard.grpc) as channel:
            stub = service_pb2_grpc.GRPCInferenceServiceStub(channel)
            try:
                await stub.ModelInfer(service_pb2.ModelInferRequest(model_name=MODEL))
            except grpc.aio.AioRpcError as error:
                return error.code()
            return grpc.StatusCode.OK

    @property
    def target(self) -> str:
        """Where the guard is read."""
        return f"127.0.0.1:{self.guard.at[ports.GUARD_PORT]}"

    async def reading(self, true: Callable[[Reading], object] = lambda _reading: True) -> Reading:
        """Return the first reading for which something is *true*."""
        seen: object = None
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while True:
                    seen = await self.guards.read(self.target)
                    if isinstance(seen, Reading) and true(seen):
                        return seen
                    await asyncio.sleep(LOOK_SECONDS)
        except TimeoutError:
            raise AssertionError(f"not within {PATIENCE_SECONDS} s; last seen: {seen}") from None


@asynccontextmanager
async def guarded() -> AsyncIterator[Guarded]:
    """Run a guarded Triton for one block."""
    triton = Triton()
    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", triton.answer)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with (
            serving(FakeModel(triton.infer), MODEL) as target,
            guarding(runner.addresses[0][1], int(target.rpartition(":")[2])) as guard,
            EnvoyGuards() as guards,
            ClientSession() as session,
        ):
            yield Guarded(triton, guard, guards, session)
    finally:
        triton.go_on.set()
        await runner.cleanup()
