"""The health endpoint, of our own: Kopf's hangs when a probe raises (measured)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

Words = Callable[[], str | None]
"""Says what is wrong, None when nothing is."""


@asynccontextmanager
async def serve_health(port: int | None, *, dead: Words, trouble: Words) -> AsyncIterator[None]:
    """Serve on *port* meanwhile: 200, or 503 with the words of what is wrong; None: nowhere.

    Args:
        port: of all addresses.
        dead: told by GET /healthz; what only a new process mends, since kubelet will start one.
        trouble: told by GET /readyz; also what mends itself.
    """
    if port is None:
        yield
        return

    app = web.Application()
    app.router.add_get("/healthz", _telling(dead))
    app.router.add_get("/readyz", _telling(trouble))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, port=port).start()
        yield
    finally:
        await runner.cleanup()


def _telling(wrong: Words) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def tell(_: web.Request) -> web.Response:
        words = wrong()
        return web.Response(text=words or "ok", status=503 if words else 200)

    return tell
