"""The health endpoint, of our own: Kopf's hangs when a probe raises (measured)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from aiohttp import web


@asynccontextmanager
async def serve_health(port: int | None, trouble: Callable[[], str | None]) -> AsyncIterator[None]:
    """Serve GET /healthz on *port* meanwhile: 200, or 503 with the words of *trouble*; None: nowhere."""
    if port is None:
        yield
        return

    async def healthz(_: web.Request) -> web.Response:
        words = trouble()
        return web.Response(text=words or "ok", status=503 if words else 200)

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, port=port).start()
        yield
    finally:
        await runner.cleanup()
