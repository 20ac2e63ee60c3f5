"""The queries to one provider: off the event loop, a few at once, none of them waited for too long."""

from __future__ import annotations

import asyncio
from datetime import datetime
from functools import partial
from threading import Thread

from sluiceway.adapters.prometheus_errors import late
from sluiceway.adapters.prometheus_http import Connection
from sluiceway.adapters.provider import Provider
from sluiceway.core.vectors import NoAnswer, Vector

AT_ONCE = 8
"""Queries that one provider is asked at the same time; the others wait for their turn."""


class Queries:
    """Asks one provider. A query has a thread and a connection to itself for as long as it takes.

    Whoever asked is told in time; the thread may remain, since nothing ends one from outside. A server that
    sends a byte now and then could hold it for days. Its turn is given to nobody else before it has ended, so
    that threads do not pile up, and they are daemons, so that the process can end.
    """

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._idle: list[Connection] = []
        self._closed = False

    async def ask(self, query: str, at: datetime) -> Vector | NoAnswer:
        """Return what *query* finds at a moment, or why that is not known, within the provider's timeout."""
        seconds = self.provider.timeout_seconds
        loop = asyncio.get_running_loop()
        ends = loop.time() + seconds
        asked = False
        try:
            async with asyncio.timeout_at(ends):
                await self._turns.acquire()
                asked = True
                return await self._begin(query, at, ends - loop.time())
        except TimeoutError:
            if asked:
                return NoAnswer(late(seconds))
            return NoAnswer(f"not asked within {seconds:g} s: it still waits for {AT_ONCE} earlier queries")

    def close(self) -> None:
        """Close the connections; one that is in use is closed when its query has ended."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _begin(self, query: str, at: datetime, seconds: float) -> asyncio.Future[Vector | NoAnswer]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Vector | NoAnswer] = loop.create_future()
        connection = self._idle.pop() if self._idle else Connection(self.provider)
        end = partial(self._end, connection, answer)

        def work() -> None:
            found = connection.ask(query, at, seconds)
            try:
                loop.call_soon_threadsafe(end, found)
            except RuntimeError:
                # The operator has ended meanwhile, and its loop with it.
                connection.close()

        try:
            Thread(target=work, name=f"query to {self.provider.name}", daemon=True).start()
        except RuntimeError as error:
            end(NoAnswer(f"the operator can not ask: {error}"))
        return answer

    def _end(
        self, connection: Connection, answer: asyncio.Future[Vector | NoAnswer], found: Vector | NoAnswer
    ) -> None:
        self._turns.release()
        if self._closed:
            connection.close()
        else:
            self._idle.append(connection)
        if not answer.done():
            answer.set_result(found)
