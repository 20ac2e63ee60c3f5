"""Requests that go wrong, each a function of whom to ask; most are sent by HTTP and then by gRPC."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from e2e.counted.asker import Asker

Request = Callable[[Asker], Coroutine[Any, Any, str]]
Ask = Callable[[Asker], Awaitable[list[str]]]


def both(question: str, model: str = "faulty") -> Ask:
    return lambda asker: asker.both(question, model)


def given(tensors: list[dict[str, Any]], inputs: list[Any] | None = None, **said: Any) -> Ask:
    """Ask with these tensors by HTTP and, if given, with these inputs by gRPC."""

    async def ask(asker: Asker) -> list[str]:
        seen = [await asker.post("faulty/infer", json.dumps({"inputs": tensors, **said}))]
        return seen if inputs is None else [*seen, await asker.infer(inputs)]

    return ask


async def malformed(asker: Asker) -> list[str]:
    return [await asker.post("faulty/infer", "{")]


async def other_version(asker: Asker) -> list[str]:
    return [await asker.http("echo", "faulty/versions/9"), await asker.grpc("echo", model_version="9")]


def behind(seconds: float, *asks: Request) -> Ask:
    """Ask all of these at once while another request keeps the model with the queue busy."""

    async def ask(asker: Asker) -> list[str]:
        async with asker.busy("queued", seconds):
            return sorted(await asyncio.gather(*(each(asker) for each in asks)))

    return ask


def http(question: str, model: str = "queued", **said: Any) -> Request:
    return lambda asker: asker.http(question, model, **said)


def grpc(question: str, model: str = "queued", **said: Any) -> Request:
    return lambda asker: asker.grpc(question, model, **said)


def left(request: Request) -> Request:
    return lambda asker: asker.left(request(asker))


def alone(request: Request) -> Ask:
    async def ask(asker: Asker) -> list[str]:
        return [await request(asker)]

    return ask


def generated(question: str) -> Ask:
    return alone(lambda asker: asker.http(question, "decoupled", "generate_stream"))


def streamed(question: str) -> Ask:
    return alone(lambda asker: asker.stream(question))
