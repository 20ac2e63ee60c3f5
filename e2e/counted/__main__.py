"""What a caller saw, what Triton counted, what the guard counted: `python -m e2e.counted --help`.

Runs where the pod's address leads to it, and prints a JSON line for each case.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Annotated

import typer

from e2e.counted.asker import Asker
from e2e.counted.case import Case
from e2e.counted.cases import CASES
from e2e.counted.counters import Pod, Reading

SETTLE_SECONDS = 15.0
"""Triton counts a request a moment after it was answered; a busy machine makes that longer."""
_POLL_SECONDS = 0.02

app = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)


@dataclass(frozen=True)
class Row:
    """One case as it was seen."""

    name: str
    caller: tuple[str, ...]
    triton: Mapping[str, int]
    guard: Mapping[str, int]


@app.command(help=__doc__)
def run(
    address: Annotated[str, typer.Argument(help="Address of the pod.")],
    only: Annotated[str, typer.Option(help="Only cases whose name has this in it.")] = "",
) -> None:
    asyncio.run(_run(Pod.at(address), [case for case in CASES if only in case.name]))


async def _run(pod: Pod, cases: list[Case]) -> None:
    async with Asker.of(pod) as asker:
        before = await asker.read()
        for case in cases:
            row, before = await _seen(asker, case, before)
            print(json.dumps(asdict(row)), flush=True)


async def _seen(asker: Asker, case: Case, before: Reading) -> tuple[Row, Reading]:
    """Let a case happen; what is counted too late for it will be one too many for the next."""
    caller = await case.ask(asker)
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        after = await asker.read()
        change = after - before
        row = Row(case.name, tuple(caller), dict(change.triton), dict(change.guard))
        if case.agrees(row.triton, row.guard) or time.monotonic() > deadline:
            return row, after
        await asyncio.sleep(_POLL_SECONDS)


if __name__ == "__main__":
    app()
