"""What the operator tells over HTTP: whether it is well, and the figures of rollouts. Of our own.

Kopf's endpoint hangs when a probe raises (measured). There is nothing here that changes anything.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from aiohttp import web
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from sluiceway.api.live import Live, Unknown
from sluiceway.runtime.keys import Key

Words = Callable[[], str | None]
"""Says what is wrong, None when nothing is."""
Answer = Callable[[web.Request], Awaitable[web.Response]]


@dataclass(frozen=True)
class Told:
    """What is told, found out anew for each request."""

    dead: Words
    """By GET /healthz: what only a new process mends, since kubelet will start one."""
    trouble: Words
    """By GET /readyz: also what mends itself."""
    live: Callable[[Key], Live | None]
    """By GET /live/NAMESPACE/NAME; None of what is not known."""
    metrics: CollectorRegistry
    """By GET /metrics, in the format that is asked for."""


@asynccontextmanager
async def serve(port: int | None, told: Told) -> AsyncIterator[None]:
    """Serve on *port* of all addresses meanwhile; None: nowhere."""
    if port is None:
        yield
        return

    app = web.Application()
    app.router.add_get("/healthz", _health(told.dead))
    app.router.add_get("/readyz", _health(told.trouble))
    app.router.add_get("/metrics", _metrics(told.metrics))
    app.router.add_get("/live/{namespace}/{name}", _figures(told.live))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, port=port).start()
        yield
    finally:
        await runner.cleanup()


def _health(wrong: Words) -> Answer:
    async def tell(_: web.Request) -> web.Response:
        words = wrong()
        return web.Response(text=words or "ok", status=503 if words else 200)

    return tell


def _figures(live: Callable[[Key], Live | None]) -> Answer:
    async def tell(request: web.Request) -> web.Response:
        namespace, name = request.match_info["namespace"], request.match_info["name"]
        known = live((namespace, name))
        return _json(known or Unknown(error=_unknown(namespace, name)), status=200 if known else 404)

    return tell


def _metrics(registry: CollectorRegistry) -> Answer:
    async def tell(request: web.Request) -> web.Response:
        encode, content_type = choose_encoder(request.headers.get("Accept", ""))
        # Of a thousand resources it takes a quarter of a second: guards are read meanwhile.
        body = await asyncio.to_thread(encode, registry)
        return web.Response(body=body, headers={"Content-Type": content_type})

    return tell


def _unknown(namespace: str, name: str) -> str:
    return (
        f"the operator has no figures of ModelDeployment {name} in namespace {namespace}: there is none that"
        " it can read, it does not look into that namespace, or it has just started; see"
        f" `kubectl describe mdep {name} -n {namespace}`, and `kubectl get mdep -A` for all"
    )


def _json(told: Live | Unknown, status: int) -> web.Response:
    return web.Response(
        text=told.model_dump_json(),
        status=status,
        content_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
