"""Callers at a steady rate: `python -m e2e.callers --help`.

A process of its own, so that it goes on evenly whatever the test beside it does. Every caller keeps one
connection, half of them HTTP and half gRPC, and sends the next request when the last one was answered: at
the pace that it was given, and as fast as it can while it is behind. No request is sent a second time.

Ends by SIGTERM or at a limit. Prints a JSON line for each request: when it was sent (in seconds since the
epoch), seconds until the answer, protocol, label of the example whose answer it was, failure. One of the last
two is empty.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import tritonclient.grpc.aio as triton_grpc
import tritonclient.http.aio as triton_http
import typer

from e2e.client import TIMEOUT_SECONDS, Example, filled

CALLERS = 16
RATE = 220.0
"""Requests per second of all callers together."""
LIMIT_SECONDS = 900.0
LIMIT_REQUESTS = 250_000

Send = Callable[[], Awaitable[Any]]

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)


@app.command(help=__doc__)
def run(  # noqa: PLR0917 - a command line
    address: Annotated[str, typer.Argument(help="host:port of the gateway.")],
    hostname: Annotated[str, typer.Argument(help="Hostname of the model.")],
    model: Annotated[str, typer.Argument(help="Name of the model.")],
    examples: Annotated[
        Path,
        typer.Argument(help="JSON: label -> request and answer, as a model's exporter prints them."),
    ],
    callers: Annotated[int, typer.Option(help="How many callers, each with a connection.")] = CALLERS,
    rate: Annotated[float, typer.Option(help="Requests per second, all together.")] = RATE,
    seconds: Annotated[float, typer.Option(help="End after this time at the latest.")] = LIMIT_SECONDS,
    requests: Annotated[int, typer.Option(help="End after so many at the latest.")] = LIMIT_REQUESTS,
) -> None:
    known = {label: Example.parse(text) for label, text in json.loads(examples.read_text()).items()}
    asyncio.run(_Load(address, hostname, model, known).run(callers, rate, seconds, requests))


class _Load:
    def __init__(self, address: str, hostname: str, model: str, examples: Mapping[str, Example]) -> None:
        self._address, self._hostname, self._model = address, hostname, model
        self._examples = examples
        # Whoever answers: they are all asked the same.
        self._inputs = next(iter(examples.values())).inputs
        self._stop = asyncio.Event()
        self._left = 0

    async def run(self, callers: int, rate: float, seconds: float, requests: int) -> None:
        for ending in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(ending, self._stop.set)
        self._left = requests
        period, began = callers / rate, time.monotonic()
        kinds = (self._http, self._grpc)
        async with asyncio.TaskGroup() as group:
            for number in range(callers):
                call = kinds[number % 2]
                group.create_task(call(began + number / rate, period, began + seconds))

    async def _http(self, due: float, period: float, end: float) -> None:
        inputs = [filled(triton_http.InferInput, item) for item in self._inputs.items()]
        headers = {"Host": self._hostname}
        async with triton_http.InferenceServerClient(
            self._address, conn_limit=1, conn_timeout=TIMEOUT_SECONDS
        ) as client:
            await self._call(
                "http", lambda: client.infer(self._model, inputs, headers=headers), due, period, end
            )

    async def _grpc(self, due: float, period: float, end: float) -> None:
        inputs = [filled(triton_grpc.InferInput, item) for item in self._inputs.items()]
        options = [
            ("grpc.default_authority", self._hostname),
            # Otherwise all channels to one address share a connection, and a failed call is sent again.
            ("grpc.use_local_subchannel_pool", 1),
            ("grpc.enable_retries", 0),
        ]
        async with triton_grpc.InferenceServerClient(self._address, channel_args=options) as client:
            await self._call(
                "grpc",
                lambda: client.infer(self._model, inputs, client_timeout=TIMEOUT_SECONDS),
                due,
                period,
                end,
            )

    async def _call(self, protocol: str, send: Send, due: float, period: float, end: float) -> None:
        while await self._is_due(due, end):
            self._left -= 1
            sent, began = time.time(), time.monotonic()
            label = failure = ""
            try:
                label = self._whose(await send())
            except Exception as error:  # noqa: BLE001 - every kind of failure is one
                failure = f"{type(error).__name__}: {error}"
            took = round(time.monotonic() - began, 4)
            print(json.dumps([round(sent, 4), took, protocol, label, failure]), flush=True)
            due += period

    async def _is_due(self, due: float, end: float) -> bool:
        """Wait for the moment; tell whether there is to be another request at all."""
        wait = max(0.0, min(due, end) - time.monotonic())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), wait)
        return not self._stop.is_set() and self._left > 0 and time.monotonic() < end

    def _whose(self, answer: Any) -> str:
        """Return the label of the example whose outputs these are.

        :raises ValueError: with the values, when they are nobody's.
        """
        for label, example in self._examples.items():
            if example.matches(answer):
                return label
        names = next(iter(self._examples.values())).outputs
        raise ValueError(f"nobody's answer: { {name: answer.as_numpy(name).tolist() for name in names} }")


if __name__ == "__main__":
    app()
