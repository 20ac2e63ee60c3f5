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
from sluiceway.api.live import Live
from sluiceway.build.guard.container import DEFAULTS, GuardSettings
from sluiceway.core.live import live
from sluiceway.core.observed import Observed
from sluiceway.ports import Cluster, ClusterError, Conflict, Guards, Prober, Signals, Unavailable
from sluiceway.runtime.counted import CountedGuards, CountedSignals
from sluiceway.runtime.exposition import OfOperator, OfResources
from sluiceway.runtime.inquiries import Inquiries
from sluiceway.runtime.keys import Interests, Key, keys_of
from sluiceway.runtime.kopf_watch import ROUTES, SCALED_OBJECTS
from sluiceway.runtime.measuring import Measuring
from sluiceway.runtime.queue import LONGEST_OUTAGE_DELAY_SECONDS, WorkQueue
from sluiceway.runtime.reconciler import Reconciler
from sluiceway.runtime.resync import Resync
from sluiceway.runtime.scenes import Scenes
from sluiceway.runtime.server import Told, serve
from sluiceway.runtime.startup import wait_for_api_server
from sluiceway.runtime.telemetry import Telemetry
from sluiceway.runtime.tidings import Tidings
from sluiceway.runtime.watch import Watch

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Settings:
    """How the operator runs; `namespace` is the only one it looks at, None for the whole cluster."""

    namespace: str | None = None
    in_cluster: bool = True
    workers: int = 4
    health_port: int | None = 8080
    guard: GuardSettings = DEFAULTS


class App:
    """The running operator."""

    def __init__(
        self,
        cluster: Cluster,
        settings: Settings,
        prober: Prober,
        guards: Guards,
        signals: Signals,
        *,
        telemetry: Telemetry | None = None,
    ) -> None:
        self._telemetry = telemetry = telemetry or Telemetry()
        self._cluster = cluster
        self._settings = settings
        self._queue: WorkQueue[Key] = WorkQueue()
        self._interests = Interests()
        self._inquiries = Inquiries(prober, self._queue.add)
        self._measuring = Measuring(
            CountedGuards(guards, telemetry),
            CountedSignals(signals, telemetry),
            self._queue.add,
            _now,
            telemetry.onsets,
        )
        self._scenes = Scenes()
        self._resync = Resync(cluster, settings.namespace, self._heard_of, self._queue.add, telemetry.missed)
        self._tidings = Tidings()
        self._watch: Watch | None = None
        self._waiting: str | None = "starting"
        self._reconciler = Reconciler(
            cluster,
            _now,
            settings.namespace,
            self._interests,
            self._looked,
            settings.guard,
            self._inquiries,
            self._measuring,
            self._scenes,
            telemetry,
        )
        of_resources = OfResources(self._scenes, self._measuring.docket, telemetry.endings)
        telemetry.registry.register(of_resources)
        telemetry.registry.register(OfOperator(telemetry, self._queue, lambda: self._watch))

    async def run(self, stop: asyncio.Event | None = None) -> None:
        """Work until SIGTERM, SIGINT or *stop*; wait for the API server first while it is away.

        :raises KindMissing: when the ModelDeployment CRD is not installed.
        :raises Refused: when the operator may not list ModelDeployments.
        """
        stop = stop or _stopped_by_signals()
        told = Told(dead=self._dead, trouble=self._trouble, live=self._live, metrics=self._telemetry.registry)
        async with serve(self._settings.health_port, told):
            work = asyncio.create_task(self._operate())
            ended = asyncio.create_task(stop.wait())
            await asyncio.wait([work, ended], return_when=asyncio.FIRST_COMPLETED)
            for task in (work, ended):
                task.cancel()
            with suppress(asyncio.CancelledError):
                await work
        log.info("operator stopped")

    async def _operate(self) -> None:
        await wait_for_api_server(self._cluster, self._settings.namespace, self._is_waiting)
        loop = asyncio.get_running_loop()

        def sink(event: str, obj: dict[str, Any]) -> None:
            loop.call_soon_threadsafe(self._delivered, event, obj)

        self._watch = Watch(sink, namespace=self._settings.namespace, in_cluster=self._settings.in_cluster)
        self._watch.start()
        log.info("operator started; watching %s", self._settings.namespace or "all namespaces")
        try:
            async with asyncio.TaskGroup() as tasks:
                for _ in range(self._settings.workers):
                    tasks.create_task(self._work())
                tasks.create_task(self._resync.run())
        finally:
            await self._inquiries.stop()
            await self._measuring.stop()
            await asyncio.to_thread(self._watch.stop)

    def _delivered(self, event: str, obj: dict[str, Any]) -> None:
        self._telemetry.delivered(obj["kind"])
        self._heard_of(event, obj)

    def _heard_of(self, event: str, obj: dict[str, Any]) -> None:
        keys = keys_of(obj, self._interests)
        self._resync.note(event, obj, keys)
        if not self._tidings.concern(event, obj):
            return
        # What people want is done at once; what it leads to comes in bursts.
        queue = self._queue.add if obj["kind"] == names.KIND else self._queue.add_soon
        for key in keys:
            queue(key)

    def _looked(self, observed: Observed) -> None:
        """Watch also what has appeared since the watch began: the Gateway API, KEDA."""
        served = ((ROUTES, observed.gateway_api), (SCALED_OBJECTS, observed.keda))
        if self._watch and (new := self._watch.lacks(frozenset(kind for kind, there in served if there))):
            log.info("%s have appeared: watching them", " and ".join(sorted(kind[2] for kind in new)))
            self._watch.restart()

    async def _work(self) -> None:
        while True:
            key = await self._queue.get()
            try:
                await self._reconcile(key)
            finally:
                self._queue.done(key)

    async def _reconcile(self, key: Key) -> None:
        begun, result = self._telemetry.clock(), "Done"
        try:
            again = await self._reconciler.reconcile(key)
        except (Conflict, Unavailable) as error:
            result = type(error).__name__
            delay = self._queue.retry(key, LONGEST_OUTAGE_DELAY_SECONDS)
            log.info("%s/%s: once more in %.1f s: %s", *key, delay, error)
        except ClusterError as error:
            result = type(error).__name__
            log.warning("%s/%s: once more in %.1f s: %s", *key, self._queue.retry(key), error)
        except Exception:
            result = "Mistake"
            # One resource's trouble must not keep the others waiting; its status stays as it was.
            log.exception("%s/%s: once more in %.1f s", *key, self._queue.retry(key))
        else:
            self._queue.forget(key)
            if again is not None:
                self._queue.add_after(key, again)
        self._telemetry.reconciled(result, self._telemetry.clock() - begun)

    def _is_waiting(self, words: str | None) -> None:
        self._waiting = words

    def _dead(self) -> str | None:
        return None if self._watch is None or self._watch.alive else "the watch has ended"

    def _trouble(self) -> str | None:
        return self._waiting if self._watch is None else self._watch.trouble

    def _live(self, key: Key) -> Live | None:
        scene = self._scenes.get(key)
        return live(*key, scene, self._measuring.docket.judged(key), _now()) if scene else None


def _now() -> datetime:
    return datetime.now(UTC)


def _stopped_by_signals() -> asyncio.Event:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
