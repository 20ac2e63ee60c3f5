"""Requests to the models of `e2e/models/faulty`, each by HTTP and by gRPC, and what their callers saw."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass
from typing import Any

import aiohttp
import grpc
import numpy as np
import tritonclient.grpc.aio as triton_grpc
from tritonclient.utils import InferenceServerException

from e2e.counted.counters import Pod, Reading, pending, read

SLEEP_SECONDS = 0.5
"""How long the model is busy while something else happens."""
_LONG_SECONDS = 30.0
_POLL_SECONDS = 0.01


@dataclass(frozen=True)
class Asker:
    """Somebody who asks one pod, and tells what came back: a status, or how the request ended."""

    pod: Pod
    session: aiohttp.ClientSession
    client: triton_grpc.InferenceServerClient

    @classmethod
    @contextlib.asynccontextmanager
    async def of(cls, pod: Pod) -> AsyncIterator[Asker]:
        """Connect to a pod for one block."""
        options = [("grpc.enable_retries", 0)]
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(_LONG_SECONDS)) as session,
            triton_grpc.InferenceServerClient(pod.grpc, channel_args=options) as client,
        ):
            yield cls(pod, session, client)

    async def read(self) -> Reading:
        """Return both sides' counters."""
        return await read(self.session, self.pod)

    async def http(self, question: str, model: str = "faulty", path: str = "infer", **said: Any) -> str:
        """Ask by HTTP; return the status."""
        body = {"inputs": [tensor(question)], **said} if path == "infer" else {"question": question}
        return await self.post(f"{model}/{path}", json.dumps(body))

    async def post(self, path: str, body: str) -> str:
        """Send any body; return the status, and the error in the body of an answer that says 200."""
        async with self.session.post(f"http://{self.pod.http}/v2/models/{path}", data=body) as answer:
            text = await answer.text()
            return f"{answer.status}" + (", error in the body" if answer.ok and '"error"' in text else "")

    async def grpc(self, question: str, model: str = "faulty", **said: Any) -> str:
        """Ask by gRPC; return the code."""
        return await self.infer([question_tensor([[question]])], model, **said)

    async def infer(self, inputs: list[Any], model: str = "faulty", **said: Any) -> str:
        """Send any inputs by gRPC; return the code."""
        try:
            await self.client.infer(model, inputs, client_timeout=said.pop("client_timeout", 30), **said)
        except InferenceServerException as error:
            return code_of(error)
        return "OK"

    async def stream(self, question: str, headers: dict[str, str] | None = None) -> str:
        """Ask the decoupled model in a gRPC stream; return what came, with the code if it ended in one."""

        async def once() -> AsyncIterator[dict[str, Any]]:
            yield {"model_name": "decoupled", "inputs": [question_tensor([[question]])]}

        seen = []
        try:
            async for _, error in self.client.stream_infer(once(), headers=headers):
                seen.append("error message" if error else "answer")
        except grpc.RpcError as error:
            return ", ".join([*seen, error.code().name])
        return ", ".join([*seen, "OK"])

    async def both(self, question: str, model: str = "faulty") -> list[str]:
        """Ask by HTTP, then by gRPC."""
        return [await self.http(question, model), await self.grpc(question, model)]

    @contextlib.asynccontextmanager
    async def busy(self, model: str = "faulty", seconds: float = SLEEP_SECONDS) -> AsyncIterator[None]:
        """Keep the only instance of a model at work for one block; leave when it is done."""
        # As large as a batch may be: whoever comes next is not taken into the same one.
        body = {"inputs": [tensor(f"sleep {seconds}", batch=4)]}
        async with self.waiting(self.post(f"{model}/infer", json.dumps(body))) as task:
            # Until its turn has come, it takes a place in the queue itself.
            while not task.done() and await pending(self.session, self.pod, model):
                await asyncio.wait([task], timeout=_POLL_SECONDS)
            yield

    @contextlib.asynccontextmanager
    async def waiting(self, request: Coroutine[Any, Any, str]) -> AsyncIterator[asyncio.Task[str]]:
        """Enter when the guard has passed *request* on, or it is answered; leave when it is over."""
        before = await self.active()
        task = asyncio.create_task(request)
        while not task.done() and await self.active() <= before:
            await asyncio.wait([task], timeout=_POLL_SECONDS)
        yield task
        with contextlib.suppress(asyncio.CancelledError):
            await task

    async def active(self) -> int:
        """Return how many requests of users wait for their answer."""
        counted = (await self.read()).guard
        return counted["http active"] + counted["grpc active"]

    async def left(self, request: Coroutine[Any, Any, str]) -> str:
        """Give a request up once the guard has passed it on."""
        async with self.waiting(request) as task:
            task.cancel()
        return "gave up"


def tensor(question: str, *, batch: int = 1) -> dict[str, Any]:
    """Return the question as HTTP has it, as often as *batch* says."""
    return {"name": "question", "datatype": "BYTES", "shape": [batch, 1], "data": [question] * batch}


def question_tensor(questions: list[list[str]], name: str = "question") -> Any:
    """Return questions as gRPC has them."""
    values = np.array(questions, np.object_)
    given = triton_grpc.InferInput(name, list(values.shape), "BYTES")
    given.set_data_from_numpy(values)
    return given


def code_of(error: InferenceServerException) -> str:
    """Return the name of a gRPC status."""
    return str(error.status()).removeprefix("StatusCode.")
