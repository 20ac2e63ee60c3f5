"""What the operator tells over HTTP keeps nobody waiting."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from aiohttp import ClientSession
from prometheus_client import CollectorRegistry
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from sluiceway.runtime.server import Told, serve


class Asked(Collector):
    """Remembers on which threads it was asked."""

    def __init__(self) -> None:
        self.threads: list[threading.Thread] = []

    def collect(self) -> Iterator[Metric]:
        self.threads.append(threading.current_thread())
        yield from ()


async def test_metrics_are_written_beside_the_event_loop(unused_tcp_port: int) -> None:
    registry, asked = CollectorRegistry(), Asked()
    registry.register(asked)
    asked.threads.clear()
    told = Told(dead=lambda: None, trouble=lambda: None, live=lambda _key: None, metrics=registry)
    address = f"http://127.0.0.1:{unused_tcp_port}/metrics"
    async with serve(unused_tcp_port, told), ClientSession() as session:
        for accepted in ("", "application/openmetrics-text; version=1.0.0"):
            async with session.get(address, headers={"Accept": accepted}) as response:
                assert response.status == 200
                kind = accepted.partition(";")[0] or "text/plain"
                assert response.headers["Content-Type"].startswith(kind)
    assert len(asked.threads) == 2
    assert threading.main_thread() not in asked.threads
