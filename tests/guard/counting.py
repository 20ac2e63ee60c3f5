"""What the guard has counted, as the operator reads it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from sluiceway.build.guard.clusters import GRPC_STREAM, HTTP_STREAM
from tests.support.guard import Guard
from tests.support.poll import becomes

_UPTIME = "server.uptime"
# How long a stream lasts says nothing of the model, and is not read.
_STREAMS = (HTTP_STREAM, GRPC_STREAM)


async def read(guard: Guard) -> dict[str, Any]:
    """Return the guard's counters as they come from its own port."""
    async with aiohttp.ClientSession() as session, session.get(f"{guard.own}/stats") as response:
        assert response.status == 200
        found: dict[str, Any] = await response.json(content_type=None)
        return found


async def counters(guard: Guard) -> dict[str, int]:
    """Return the counters by name, without those of the server itself; of a histogram its whole count."""
    found = {}
    for each in (await read(guard))["stats"]:
        if "histograms" in each:
            for name, buckets in ladders(each).items():
                found[name] = buckets[-1]["cumulative"]
        elif not each["name"].startswith("server."):
            found[each["name"]] = each["value"]
    return found


def ladders(histograms: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the buckets of each histogram in Envoy's answer."""
    return {each["name"]: each["buckets"] for each in histograms["histograms"]}


@asynccontextmanager
async def counting(guard: Guard, expected: dict[str, int]) -> AsyncIterator[None]:
    """Check that what happens in the block changes exactly these counters, by so much."""
    before = await counters(guard)
    yield

    async def as_expected() -> bool:
        now = await counters(guard)
        changes = {name: now[name] - before.get(name, 0) for name in now}
        changed = {name: change for name, change in changes.items() if change}
        assert changed == expected, f"{changed} instead of {expected}"
        return True

    await becomes("the guard's counters", as_expected, seconds=5)


async def later(guard: Guard, seconds: int) -> None:
    """Wait until so much time has passed by Envoy's own clock."""
    since = await _uptime(guard)

    async def passed() -> bool:
        # It tells whole seconds.
        return await _uptime(guard) > since + seconds

    await becomes("time that passes in Envoy", passed, seconds=seconds + 10)


async def _uptime(guard: Guard) -> int:
    (seconds,) = [each["value"] for each in (await read(guard))["stats"] if each.get("name") == _UPTIME]
    return int(seconds)


def answered(kind: str, status: str = "2xx") -> dict[str, int]:
    """Return what one HTTP request of a kind changes that Triton has answered."""
    return {
        f"cluster.{kind}.upstream_rq_{status}": 1,
        f"cluster.{kind}.upstream_rq_total": 1,
        **({} if kind in _STREAMS else {f"cluster.{kind}.upstream_rq_time": 1}),
    }


def grpc_answered(kind: str, code: int = 0) -> dict[str, int]:
    """Return what one gRPC request of a kind changes that Triton has answered."""
    return {f"cluster.{kind}.grpc.{code}": 1} | answered(kind)
