"""The prober on Triton: the V2 inference protocol over gRPC, with a deadline on every call."""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import TYPE_CHECKING

from sluiceway.core.golden import Output, cut
from sluiceway.core.signature import Signature
from sluiceway.core.verification import Answers, Ask

if TYPE_CHECKING:
    from sluiceway.adapters.triton_calls import Server

_SIGNATURE_SECONDS = 10.0
_MAX_ERROR = 300


class TritonProber:
    """`ports.Prober` on a real server. Holds nothing: every question has a connection of its own."""

    async def ask(self, ask: Ask) -> Answers:
        """Return what the model says; every kind of failure is an `error` in it."""
        signature: Signature | None = None
        outputs: dict[str, dict[str, Output]] = {}
        refusals: dict[str, str] = {}
        error: str | None = None
        question = "its inputs and outputs"
        seconds = _SIGNATURE_SECONDS + sum(one.deadline_seconds for one in ask.golden)
        try:
            connect = await _server()
            async with asyncio.timeout(seconds), connect(ask.target, ask.revision) as server:
                signature = await server.signature(ask.model, _SIGNATURE_SECONDS)
                for one in ask.golden:
                    question = f"golden input {one.name}"
                    answer = await server.infer(ask.model, one)
                    if isinstance(answer, str):
                        refusals[one.name] = cut(answer)
                    else:
                        outputs[one.name] = answer
        except Exception as caught:  # noqa: BLE001 - whatever went wrong, nothing was said against the model
            error = cut(f"{ask.target}, asked for {question}: {caught or type(caught).__name__}", _MAX_ERROR)
        return Answers(signature, outputs, refusals, error)


async def _server() -> type[Server]:
    # numpy and gRPC take 25 MiB and half a second: not at the start, and not of the event loop's time.
    module = await asyncio.to_thread(import_module, f"{__package__}.triton_calls")
    found: type[Server] = module.Server
    return found
