"""The operator as a process: watch, queue, workers, safety net and health, put together."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sluiceway.api import names
from sluiceway.ports import Cluster, ClusterError, Conflict, KindMissing, Prober, Unavailable
from sluiceway.runtime.health import serve_health
from sluiceway.runtime.inquiries import Inquiries
from sluiceway.runtime.keys import Interests, Key, keys_of
from sluiceway.runtime.observe import GATEWAY, LOOKED_AT, OWNED, ROUTE
from sluiceway.runtime.queue import WorkQueue
from sluiceway.runtime.reconciler import Reconciler
from sluiceway.runtime.resync import RESYNC_SECONDS, Heard
from sluiceway.runtime.watch import Watch

log = logging.getLogger(__name__)

MANAGED = {names.LABEL_MANAGED_BY: names.MANAGED_BY}


@dataclass(frozen=True)
class Settings:
    """How the operator runs; `namespace` is the only one it looks at, None for the whole cluster."""

    namespace: str | None = None
    in_cluster: bool = True
    workers: int = 4
    health_port: int | None = 8080


class App:
    """The running operator."""

    def __init__(self, cluster: Cluster, settings: Settings, prober: Prober) -> None:
        self._cluster = cluster
        self._settings = settings
        self._queue: WorkQueue[Key] = WorkQueue()
        self._interests = Interests()
        self._heard = Heard()
        self._gateway_api = False
        self._inquiries = Inquiries(prober, self._queue.add)
        self._reconciler = Reconciler(
            cluster,
            lambda: datetime.now(UTC),
            settings.namespace,
            self._interests,
            self._gateway_api_is,
            self._inquiries,
        )

    async def run(self, stop: asyncio.Event | None = None) -> None:
        """Work until SIGTERM, SIGINT or *stop*.

        :raises KindMissing: when the ModelDeployment CRD is not installed.
        """
        stop = stop or _stopped_by_signals()
        await self._cluster.list(names.API_VERSION, names.KIND, self._settings.namespace)
        with suppress(KindMissing):
            await self._cluster.list(*ROUTE, self._settings.namespace)
            self._gateway_api = True
        loop = asyncio.get_running_loop()

        def sink(event: str, obj: dict[str, Any]) -> None:
            loop.call_soon_threadsafe(self._heard_of, event, obj)

        self._watch = Watch(sink, namespace=self._settings.namespace, in_cluster=self._settings.in_cluster)
        self._watch.start()
        tasks = [asyncio.create_task(self._work()) for _ in range(self._settings.workers)]
        tasks.append(asyncio.create_task(self._resync()))
        try:
            async with serve_health(self._settings.health_port, self._trouble):
                log.info("operator started; watching %s", self._settings.namespace or "all namespaces")
                ended = asyncio.create_task(stop.wait())
                await asyncio.wait([ended, *tasks], return_when=asyncio.FIRST_COMPLETED)
                for task in tasks:
                    if task.done():
                        task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await self._inquiries.stop()
            await asyncio.to_thread(self._watch.stop)
            log.info("operator stopped")

    def _heard_of(self, event: str, obj: dict[str, Any]) -> None:
        keys = keys_of(obj, self._interests)
        self._heard.note(event, obj, keys)
        for key in keys:
            self._queue.add(key)

    def _gateway_api_is(self, served: bool) -> None:
        if served and not self._gateway_api:
            log.info("the Gateway API has appeared: watching it")
            self._watch.restart()
        self._gateway_api = served

    async def _work(self) -> None:
        while True:
            key = await self._queue.get()
            try:
                await self._reconcile(key)
            finally:
                self._queue.done(key)

    async def _reconcile(self, key: Key) -> None:
        try:
            again = await self._reconciler.reconcile(key)
        except (Conflict, Unavailable) as error:
            log.info("%s/%s: once more in %.1f s: %s", *key, self._queue.retry(key), error)
        except ClusterError as error:
            log.warning("%s/%s: once more in %.1f s: %s", *key, self._queue.retry(key), error)
        except Exception:
            # One resource's trouble must not keep the others waiting; its status stays as it was.
            log.exception("%s/%s: once more in %.1f s", *key, self._queue.retry(key))
        else:
            self._queue.forget(key)
            if again is not None:
                self._queue.add_after(key, again)

    async def _resync(self) -> None:
        while True:
            await asyncio.sleep(RESYNC_SECONDS)
            try:
                await self._look_for_missed()
            except ClusterError as error:
                log.info("listing again in %.0f s: %s", RESYNC_SECONDS, error)

    async def _look_for_missed(self) -> None:
        labelled = [(kind, MANAGED) for kind in (*OWNED, *LOOKED_AT)]
        whole = [(kind, None) for kind in ((names.API_VERSION, names.KIND), ROUTE, GATEWAY)]
        for kind, labels in (*labelled, *whole):
            try:
                listed = await self._cluster.list(*kind, self._settings.namespace, labels)
            except KindMissing:
                continue
            changed, orphaned = self._heard.missed(*kind, listed)
            for obj in changed:
                self._heard_of("MODIFIED", obj)
            for key in orphaned:
                self._queue.add(key)

    def _trouble(self) -> str | None:
        return self._watch.trouble


def _stopped_by_signals() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
