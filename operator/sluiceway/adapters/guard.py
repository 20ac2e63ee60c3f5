"""The guards' own counters over HTTP: one answer, soon and whole, or none."""

from __future__ import annotations

import asyncio
import json
import os
from http import HTTPStatus
from types import TracebackType
from typing import NoReturn, Self

import aiohttp

from sluiceway.core.readings import Reading, Unanswered, read

_SECONDS = 0.4
"""Less than the time between two looks: one is over before the next begins."""
_MAX_BYTES = 64 * 1024
"""Ten times what a guard answers."""
_MAX_REASON = 120


class EnvoyGuards:
    """`ports.Guards` on real guards, with connections that are kept. Use it as a context."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            # How many are read at once is the caller's to say.
            connector=aiohttp.TCPConnector(limit=0, use_dns_cache=False),
            cookie_jar=aiohttp.DummyCookieJar(),
            # What is limited is what arrives: nothing is unpacked.
            auto_decompress=False,
            headers={"Accept-Encoding": "identity"},
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._session.close()

    async def read(self, target: str) -> Reading | Unanswered:
        """Return what the guard at *target* has counted."""
        try:
            async with asyncio.timeout(_SECONDS):
                return read(json.loads(await self._answer(target), parse_constant=_refuse))
        except TimeoutError:
            return Unanswered(f"no answer within {_SECONDS} s")
        except aiohttp.ClientConnectorError as error:
            return Unanswered(os.strerror(error.errno).lower() if error.errno else _words(error))
        except json.JSONDecodeError as error:
            return Unanswered(f"its answer is not JSON: {_words(error)}")
        except (aiohttp.ClientError, OSError, ValueError, RecursionError) as error:
            return Unanswered(_words(error))

    async def _answer(self, target: str) -> bytes:
        async with self._session.get(f"http://{target}/stats", allow_redirects=False) as response:
            if response.status != HTTPStatus.OK:
                raise ValueError(f"it answers with status {response.status}")
            found = bytearray()
            async for part in response.content.iter_any():
                found += part
                if len(found) > _MAX_BYTES:
                    raise ValueError(f"its answer is longer than {_MAX_BYTES // 1024} KiB")
            return bytes(found)


def _words(error: Exception) -> str:
    """Return what an error says, on one line of bounded length."""
    words = " ".join((str(error) or type(error).__name__).split())
    return words if len(words) <= _MAX_REASON else f"{words[: _MAX_REASON - 1]}…"


def _refuse(constant: str) -> NoReturn:
    """Refuse what Python takes for a number and JSON does not: NaN, Infinity."""
    raise ValueError(f"{constant} is not a count")
