"""Providers that keep those who ask waiting until a test lets them go."""

from __future__ import annotations

import asyncio
import threading

from aiohttp import web

from tests.support.poll import becomes
from tests.support.provider import said, series

ONE = said([series("3")])


class Gate:
    """Keeps requests until it is opened, and counts those that it keeps."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.inside = 0
        self.most = 0

    async def answer(self, _: web.Request) -> web.StreamResponse:
        self.inside += 1
        self.most = max(self.most, self.inside)
        await self.open.wait()
        self.inside -= 1
        return web.Response(text=ONE)

    async def drip(self, writer: asyncio.StreamWriter) -> None:
        """Send one more byte of a header now and then, which no time-out of a socket ends."""
        self.inside += 1
        writer.write(b"HTTP/1.1 200 OK\r\nX: ")
        while not self.open.is_set():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.02)
        writer.write(f"\r\nContent-Length: {len(ONE)}\r\nConnection: close\r\n\r\n{ONE}".encode())
        await writer.drain()
        self.inside -= 1

    async def keeps(self, count: int) -> None:
        async def look() -> bool:
            return self.inside == count

        await becomes(f"{count} requests are there", look)


async def drips(request: web.Request) -> web.StreamResponse:
    """Answer with one more byte now and then, without end."""
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" ")
        await asyncio.sleep(0.02)


def threads() -> list[threading.Thread]:
    """Return the threads that ask the provider."""
    return [each for each in threading.enumerate() if each.name == "query to prometheus"]
