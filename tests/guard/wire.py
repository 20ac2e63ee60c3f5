"""Bytes to a port and bytes back, for what no HTTP client would say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

_PATIENCE_SECONDS = 10


@dataclass
class Answer:
    """One HTTP/1.1 response."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    """Names in the case in which they came."""
    body: bytes = b""


class Line:
    """One connection, kept for as many requests as its user likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    def send(self, raw: bytes) -> None:
        """Send bytes."""
        self._writer.write(raw)

    async def answer(self) -> Answer:
        """Read one response that says how long it is."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = dict(line.split(": ", 1) for line in head[1:] if line)
            length = next((value for name, value in headers.items() if name.lower() == "content-length"), "0")
            body = await self._reader.readexactly(int(length))
            return Answer(int(head[0].split()[1]), headers, body)

    async def ask(self, raw: bytes) -> Answer:
        """Send a request and read its response."""
        self.send(raw)
        return await self.answer()

    async def rest(self) -> bytes:
        """Read until the other side closes."""
        async with asyncio.timeout(_PATIENCE_SECONDS):
            try:
                return await self._reader.read()
            except ConnectionResetError:
                return b""


@asynccontextmanager
async def line(port: int) -> AsyncIterator[Line]:
    """Connect to a port of loopback for one block."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Line(reader, writer)
    finally:
        writer.transport.abort()


async def ask(port: int, raw: bytes) -> Answer:
    """Return the answer to one request on a connection of its own."""
    async with line(port) as connection:
        return await connection.ask(raw)


def request(target: str, *headers: str, method: str = "GET", version: str = "1.1", body: str = "") -> bytes:
    """Return a request, byte for byte as given; its length is added where it has a body."""
    given = ["Host: model", *headers, *([f"Content-Length: {len(body)}"] if body else [])]
    return "\r\n".join([f"{method} {target} HTTP/{version}", *given, "", body]).encode("latin-1")


INFER = "/v2/models/fraud/infer"


def infer(*headers: str, path: str = INFER) -> bytes:
    """Return an inference request."""
    return request(path, *headers, method="POST", body="{}")
