"""A caller who holds on to one pod: `python -m e2e.holding --help`.

Has a gRPC stream and asks in it again and again, or an idle HTTP connection. Prints a JSON line when it was
answered, another when the pod has ended what it held, and ends then.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import grpc
import tritonclient.grpc.aio as triton_grpc

from e2e.client import Example, filled
from sluiceway.build.guard import ports

_PERIOD_SECONDS = 0.05
_LIMIT_SECONDS = 120.0


async def stream(address: str, model: str, example: Example, answered: asyncio.Event) -> dict[str, Any]:
    """Ask until the stream ends; tell how many answers were right or errors, and how it ended."""
    inputs = [filled(triton_grpc.InferInput, item) for item in example.inputs.items()]
    answers: Counter[str] = Counter()
    end = "OK"

    async def questions() -> AsyncIterator[dict[str, Any]]:
        while True:
            yield {"model_name": model, "inputs": inputs}
            await asyncio.sleep(_PERIOD_SECONDS)

    async with triton_grpc.InferenceServerClient(f"{address}:{ports.GRPC_PORT}") as client:
        try:
            async for answer, error in client.stream_infer(questions()):
                right = error is None and example.matches(answer)
                answers["right" if right else f"error: {error}"] += 1
                answered.set()
        except grpc.RpcError as error:
            end = f"{error.code().name}: {error.details()}"
    return {"answers": answers, "end": end}


async def idle(address: str, model: str, answered: asyncio.Event) -> dict[str, Any]:
    """Ask once and keep the connection; tell how it ended."""
    reader, writer = await asyncio.open_connection(address, ports.HTTP_PORT)
    writer.write(f"GET /v2/models/{model}/ready HTTP/1.1\r\nHost: pod\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    answered.set()
    try:
        end = "closed" if not await reader.read() else "answered twice"
    except ConnectionError as error:
        end = type(error).__name__
    writer.close()
    return {"end": end}


async def hold(what: str, address: str, model: str, example: Example) -> None:
    """Hold a connection; moments are in seconds since the epoch."""
    answered = asyncio.Event()
    held = stream(address, model, example, answered) if what == "stream" else idle(address, model, answered)
    async with asyncio.timeout(_LIMIT_SECONDS), asyncio.TaskGroup() as group:
        task = group.create_task(held)
        await answered.wait()
        print(json.dumps({"held": what}), flush=True)
        print(json.dumps(await task | {"at": time.time()}), flush=True)


def main() -> None:
    """Hold and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["stream", "idle"])
    parser.add_argument("address", help="of the pod")
    parser.add_argument("model", help="which has answered before")
    parser.add_argument("example", help="a request and its answer, as a model's exporter prints them")
    given = parser.parse_args()
    asyncio.run(hold(given.what, given.address, given.model, Example.parse(given.example)))


if __name__ == "__main__":
    main()
