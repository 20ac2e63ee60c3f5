"""A cluster, its controllers, people, and operators that are disturbed: whatever happens is checked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Self

from sluiceway.api import names
from sluiceway.build.objects import Object, Ref
from sluiceway.core.plan import Event
from sluiceway.ports import ClusterError
from sluiceway.runtime.inquiries import Inquiries
from sluiceway.runtime.reconciler import Reconciler
from tests.fakes.cluster import Crash, FakeCluster
from tests.fakes.controllers import Controllers
from tests.fakes.loop import JumpingLoop
from tests.fakes.objects import NAME, NAMESPACE, NOW
from tests.fakes.world import World
from tests.simulation import rules
from tests.simulation.connection import Connection
from tests.simulation.history import Change, History
from tests.simulation.passes import Pass, Violation
from tests.simulation.probing import Probing
from tests.simulation.rules import telling
from tests.simulation.story import Story
from tests.simulation.weather import Weather


class Operator:
    """One process of the operator. It knows nothing of those before it."""

    def __init__(self, simulation: Simulation) -> None:
        self.connection = Connection(simulation)
        self.inquiries = Inquiries(simulation.prober, lambda _key: None)
        self._reconciler = Reconciler(self.connection, self._clock, inquiries=self.inquiries)
        self.work: asyncio.Task[float | None] | None = None
        self._simulation = simulation

    async def look(self) -> float | None:
        """Do one pass, and wait for the answers to what it asks."""
        again = await self._reconciler.reconcile(self._simulation.key)
        return 0.0 if await self.inquiries.settle() else again

    def _clock(self) -> datetime:
        self.connection.current.looked = self._simulation.now
        return self._simulation.now


class Simulation:
    """Use it as a context: it has an event loop. Every change is told in `story` and judged by `rules`."""

    key = (NAMESPACE, NAME)

    def __init__(self, weather: Weather | None = None) -> None:
        self.world = World()
        self.cluster: FakeCluster = self.world.cluster
        self.cluster.before_write = lambda _write: None
        self.cluster.changed = self._changed
        self.cluster.slices = ()
        self.controllers = Controllers(self.cluster)
        self.weather = weather or Weather()
        self.now = NOW
        self.history = History()
        self.prober = Probing(self.cluster, self.history.verified.add)
        self.story = Story()
        self._loop = JumpingLoop()
        self._acting: Pass | str = "kubernetes"
        self.operator = Operator(self)
        self.paused: list[Operator] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for operator in self.paused:
            assert operator.work
            operator.work.cancel()
            self._loop.run_until_complete(asyncio.wait({operator.work}))
        self._loop.close()

    @property
    def resource(self) -> Object | None:
        """The ModelDeployment as it is now."""
        return self.cluster.objects.get(self.world.resource)

    def let_pass(self, seconds: float) -> None:
        """Let time pass in which nothing else happens."""
        self.now += timedelta(seconds=seconds)

    def operate(self) -> float | None:
        """Let the operator do one pass, as far as it comes; return when it wants to look again."""
        self.let_pass(1)
        return self._loop.run_until_complete(self._pass())

    def wake(self) -> None:
        """Let the operator that stands still the longest go on with what it had decided."""
        self._loop.run_until_complete(self._wake())

    async def meanwhile(self, seen: Pass) -> None:
        """Let others act between two requests of an operator."""
        if seen.late:
            return
        if self.paused and self.weather.wakes():
            await self._wake()
        self.weather.meanwhile()

    @contextmanager
    def acting(self, who: Pass | str) -> Iterator[None]:
        """Tell that the changes to come are made by this pass, or by people."""
        before, self._acting = self._acting, who
        try:
            yield
        finally:
            self._acting = before

    def recorded(self, seen: Pass, event: Event) -> None:
        """Take up an Event that an operator writes."""
        self.note("operator", f"event {event.reason}: {event.message}")
        if self.resource:
            rules.check_event(self.history, seen, event, self.resource.get("status") or {})

    def note(self, actor: str, what: str) -> None:
        """Tell something that no object shows."""
        self.story.tell(self.now, actor, what)

    async def _pass(self) -> float | None:
        operator = self.operator
        seen = operator.connection.current = Pass(self.now)
        operator.work = asyncio.ensure_future(operator.look())
        stands_still = asyncio.ensure_future(operator.connection.paused.wait())
        await asyncio.wait({operator.work, stands_still}, return_when=asyncio.FIRST_COMPLETED)
        if stands_still.done():
            seen.late = True
            self.paused.append(operator)
            self.operator = Operator(self)
            return None
        stands_still.cancel()
        return self._ended(operator, seen)

    async def _wake(self) -> None:
        operator = self.paused.pop(0)
        operator.connection.wake()
        assert operator.work
        await asyncio.wait({operator.work})
        self._ended(operator, operator.connection.current)

    def _ended(self, operator: Operator, seen: Pass) -> float | None:
        assert operator.work
        try:
            again = operator.work.result()
        except ClusterError as error:
            self.note("operator", f"will look again: {error}")
            return 0.0
        except Crash:
            self.operator = Operator(self)
            return 0.0
        if seen.resource and not (seen.late or seen.refused or seen.disputed):
            self.history.finished(seen)
            rules.check_pass(self.cluster, self.history, seen)
        return again

    def _changed(self, ref: Ref, before: Object | None, after: Object | None) -> None:
        change = Change(ref, before, after)
        seen = self._acting if isinstance(self._acting, Pass) else None
        actor = ("old operator" if seen.late else "operator") if seen else str(self._acting)
        self.story.changed(self.now, actor, change)
        if ref == self.world.resource and after is None:
            self.history = History()
        if seen and self._of_this_life(seen):
            rules.check_write(self.cluster, self.history, seen, change, self.now)
            self.operator.connection.current.disputed |= seen.late
        if ref.kind == names.KIND:
            status = (after or {}).get("status") or {}
            telling.forget_the_past(self.history, {} if seen and seen.late else status)
            if seen:
                seen.status = status
        self.history.note(change, seen)

    def _of_this_life(self, seen: Pass) -> bool:
        """Tell whether a pass is about the resource that is there, and not about one before it."""
        uids = {(obj or {}).get("metadata", {}).get("uid") for obj in (self.resource, seen.resource)}
        return len(uids) == 1


__all__ = ["Operator", "Simulation", "Violation"]
