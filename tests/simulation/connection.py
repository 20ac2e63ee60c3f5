"""An operator's way to the API server: much may happen to each request, and between any two of them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from enum import Enum, auto
from typing import TYPE_CHECKING

from sluiceway.api import names
from sluiceway.build.objects import Object, Ref
from sluiceway.core.plan import Event, Write
from sluiceway.ports import Conflict, Refused, Unavailable
from tests.fakes.cluster import Crash
from tests.simulation.passes import Pass

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation


class Fault(Enum):
    """What may happen to a write."""

    NONE = auto()
    BUSY = auto()  # 429 or 503: it did not land
    CONFLICT = auto()  # 409
    REPLY_LOST = auto()  # it landed, and the operator does not know
    KILLED = auto()  # it landed, and the operator is gone
    PAUSED = auto()  # the process stands still before it; another one takes over


class Connection:
    """`ports.Cluster` for one operator process. `current` is its pass, seen from the API server."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._cluster = simulation.cluster
        self.current = Pass(simulation.now)
        self.paused, self._goes_on = asyncio.Event(), asyncio.Event()

    def wake(self) -> None:
        """Let a paused process go on, long after another one took its place."""
        self._goes_on.set()

    async def get(self, ref: Ref) -> Object | None:
        """Return an object as it is by now."""
        await self._reads()
        found = await self._cluster.get(ref)
        if ref.kind == names.KIND:
            self.current.resource = found
        elif found and ref.name == self._simulation.key[1]:
            self.current.listed(ref.kind, [found], self._simulation.history.carried)
        return found

    async def list(
        self, api_version: str, kind: str, namespace: str | None, labels: Mapping[str, str] | None = None
    ) -> list[Object]:
        """Return the objects of one kind as they are by now, which other kinds were a moment ago."""
        await self._reads()
        found = await self._cluster.list(api_version, kind, namespace, labels)
        if labels:
            self.current.listed(kind, found, self._simulation.history.carried)
        return found

    async def write(self, write: Write) -> Object | None:
        """Carry out one write of a plan, or not."""
        fault = await self._writes(str(write))
        with self._simulation.judge.acting(self.current):
            try:
                after = await self._cluster.write(write)
            except Refused:
                self.current.refused = True
                raise
        self.current.written.append(write)
        if write.ref.name == self._simulation.key[1] and write.ref.kind in ("HTTPRoute", "Service"):
            self.current.follow(write.ref.kind, self._cluster.objects.get(write.ref))
        self._after(fault, str(write))
        return after

    async def write_status(self, owner: Object, status: Object) -> None:
        """Write the status, or not."""
        fault = await self._writes("status")
        with self._simulation.judge.acting(self.current):
            await self._cluster.write_status(owner, status)
        self._after(fault, "status")

    async def record(self, owner: Object, event: Event) -> None:
        """Write an Event, or not."""
        fault = await self._writes(f"event {event.reason}")
        self._simulation.judge.recorded(self.current, event)
        await self._cluster.record(owner, event)
        self._after(fault, f"event {event.reason}")

    async def _reads(self) -> None:
        # Requests that are made together arrive in any order.
        for _ in range(self._simulation.weather.delay()):
            await asyncio.sleep(0)
        await self._simulation.meanwhile(self.current)
        if self._simulation.weather.no_answer():
            raise Unavailable("429: too many requests")

    async def _writes(self, what: str) -> Fault:
        await self._simulation.meanwhile(self.current)
        fault = Fault.NONE if self.current.late else self._simulation.weather.fault(what)
        match fault:
            case Fault.BUSY:
                self._simulation.note("API server", f"is busy: {what} did not arrive")
                raise Unavailable("429: too many requests")
            case Fault.CONFLICT:
                self._simulation.note("API server", f"refuses {what}: conflict")
                raise Conflict("the object has been modified")
            case Fault.PAUSED:
                self._simulation.note("operator", f"stands still before: {what}")
                self.paused.set()
                await self._goes_on.wait()
                self._simulation.note("old operator", f"wakes up and goes on with: {what}")
        return fault

    def _after(self, fault: Fault, what: str) -> None:
        match fault:
            case Fault.REPLY_LOST:
                self._simulation.note("API server", f"did it, but the reply is lost: {what}")
                raise Unavailable("the connection was lost")
            case Fault.KILLED:
                self._simulation.note("operator", "is killed")
                raise Crash(what)
