"""A connection to Triton that a test can cut in the middle, or not have at all."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

_FRAME_HEADER = 9


class Cable:
    """Carries bytes from a port of its own to another one of loopback."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._ends: set[asyncio.StreamWriter] = set()
        self._returned: list[bytearray] = []
        self.port = 0

    def frames(self) -> list[int]:
        """Return the types of the HTTP/2 frames that came back, over all connections (RFC 9113, 4.1)."""
        return [kind for stream in self._returned for kind in _frames(bytes(stream))]

    def cut(self) -> None:
        """Close all connections, now."""
        for end in self._ends:
            end.transport.abort()
        self._ends.clear()

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry bytes both ways until one side closes."""
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        self._ends |= {writer, far_writer}
        self._returned.append(returned := bytearray())
        await asyncio.gather(_pass(reader, far_writer), _pass(far_reader, writer, returned))


@asynccontextmanager
async def laid(to: int) -> AsyncIterator[Cable]:
    """Lay a cable to a port for one block."""
    cable = Cable(to)
    server = await asyncio.start_server(cable.carry, "127.0.0.1", 0)
    cable.port = server.sockets[0].getsockname()[1]
    yield cable
    server.close()
    cable.cut()
    await server.wait_closed()


def _frames(stream: bytes) -> Iterator[int]:
    while len(stream) >= _FRAME_HEADER:
        yield stream[3]
        stream = stream[_FRAME_HEADER + int.from_bytes(stream[:3]) :]


async def _pass(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, copy: bytearray | None = None
) -> None:
    try:
        while data := await reader.read(65536):
            if copy is not None:
                copy += data
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()
