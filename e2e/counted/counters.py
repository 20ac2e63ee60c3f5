"""What a guarded pod counted: Triton's own counters and the guard's, read side by side.

Triton's are in Prometheus' text format on its metrics port. The guard's are Envoy's statistics in JSON.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import aiohttp

from sluiceway.build.guard import ports
from sluiceway.build.guard.clusters import COUNTED

_TRITON = re.compile(
    r'^nv_inference_request_(?P<end>success|failure)\{model="(?P<model>[^"]+)",'
    r'(?:reason="(?P<reason>\w+)",)?version="1"\} (?P<count>\d+)$',
    flags=re.MULTILINE,
)
_PENDING = re.compile(
    r'^nv_inference_pending_request_count\{model="(?P<model>[^"]+)",version="1"\} (?P<count>\d+)$',
    flags=re.MULTILINE,
)
_GUARD = re.compile(r"^cluster\.(?P<cluster>\w+)\.(?:upstream_rq_|grpc\.)(?P<what>\w+)$")
_GRPC_NAMES = (
    *("OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS"),
    *("PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE"),
    *("UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"),
)
"""By number (https://grpc.io/docs/guides/status-codes/)."""


@dataclass(frozen=True)
class Pod:
    """A guarded pod: where its ports are, as `host:port`."""

    http: str
    grpc: str
    metrics: str
    own: str

    @classmethod
    def at(cls, address: str) -> Pod:
        """Return the pod that has this address."""
        numbers = (ports.HTTP_PORT, ports.GRPC_PORT, ports.METRICS_PORT, ports.GUARD_PORT)
        return cls(*(f"{address}:{number}" for number in numbers))


@dataclass(frozen=True)
class Reading:
    """Both sides at one moment, or how they changed between two."""

    triton: Counter[str]
    """By model and end: `faulty success`, `faulty BACKEND` (the reason of a failure)."""
    guard: Counter[str]
    """By cluster and end: `http 5xx`, `grpc INTERNAL`, `grpc abandoned`; and `http active`."""

    def __sub__(self, before: Reading) -> Reading:
        return Reading(_changes(self.triton, before.triton), _changes(self.guard, before.guard))


async def read(session: aiohttp.ClientSession, pod: Pod) -> Reading:
    """Ask both; neither counts being asked."""
    async with session.get(f"http://{pod.metrics}/metrics") as answer:
        triton = _triton(await answer.text())
    async with session.get(f"http://{pod.own}/stats") as answer:
        return Reading(triton, guard(await answer.json(content_type=None)))


async def pending(session: aiohttp.ClientSession, pod: Pod, model: str) -> int:
    """Return how many requests wait in the queue of a model.

    :raises KeyError: when Triton does not tell.
    """
    async with session.get(f"http://{pod.metrics}/metrics") as answer:
        found = _PENDING.finditer(await answer.text())
    return {match["model"]: int(match["count"]) for match in found}[model]


def guard(stats: dict[str, Any]) -> Counter[str]:
    """Return the guard's counters; a request that got no answer and is not waiting was abandoned."""
    found: Counter[str] = Counter()
    for stat in stats["stats"]:
        match = _GUARD.match(stat.get("name", ""))
        if match and not match["what"].endswith("_reset"):
            what = match["what"]
            found[f"{match['cluster']} {_GRPC_NAMES[int(what)] if what.isdecimal() else what}"] = stat[
                "value"
            ]
    for cluster in COUNTED:
        answered = sum(found[f"{cluster} {number}xx"] for number in range(1, 6))
        total = found.pop(f"{cluster} total", 0)
        found[f"{cluster} abandoned"] = total - answered - found[f"{cluster} active"]
        if cluster.startswith("grpc"):
            # Of a gRPC call the HTTP status says nothing, and its own status says more.
            del found[f"{cluster} 2xx"]
    return found


def _triton(text: str) -> Counter[str]:
    return Counter(
        {f"{hit['model']} {hit['reason'] or hit['end']}": int(hit["count"]) for hit in _TRITON.finditer(text)}
    )


def _changes(after: Counter[str], before: Counter[str]) -> Counter[str]:
    # Not "-", which would leave out what became less.
    names = after.keys() | before.keys()
    return Counter({name: after[name] - before[name] for name in names if after[name] != before[name]})
