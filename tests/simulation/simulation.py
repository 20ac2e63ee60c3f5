"""A cluster, its controllers, and operators that are disturbed: everything that happens is judged."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Self

from sluiceway.build.objects import Object
from sluiceway.core.steps import ALL
from sluiceway.ports import ClusterError
from tests.fakes.cluster import Crash, FakeCluster
from tests.fakes.controllers import Controllers
from tests.fakes.loop import JumpingLoop
from tests.fakes.objects import NAME, NAMESPACE, NOW
from tests.fakes.world import World
from tests.simulation.callers import Callers
from tests.simulation.history import History
from tests.simulation.judge import Judge
from tests.simulation.operators import Operator
from tests.simulation.passes import Pass
from tests.simulation.probing import Probing
from tests.simulation.provider import Provider
from tests.simulation.scalers import Scalers
from tests.simulation.scraping import Scraping, boundaries
from tests.simulation.story import Story
from tests.simulation.weather import Weather


class Simulation:
    """Use it as a context: it has an event loop. One operator leads; those in `paused` stand still."""

    key = (NAMESPACE, NAME)

    def __init__(self) -> None:
        self.world = World()
        self.cluster: FakeCluster = self.world.cluster
        self.cluster.before_write = lambda _write: None
        self.cluster.slices = ()
        self.controllers = Controllers(self.cluster)
        self.controllers.clock = self.controllers.ends = lambda: f"{self.now:%Y-%m-%dT%H:%M:%SZ}"
        self.scraping = Scraping(self.cluster, self._shares)
        self.scalers = Scalers(self.cluster, self.scraping, lambda: self.now)
        self.controllers.autoscalers = self.scalers
        self.weather = Weather()
        self.now = NOW
        self.judge = Judge(
            self.cluster, self.world.resource, lambda: self.now, lambda: self.operator.connection.current
        )
        self.prober = Probing(self.cluster, self.judge.verified)
        self.callers = Callers(self.world, self.judge.failed)
        self.provider = Provider(
            self.world, lambda revision: self.history.images.get(revision, ""), self.judge.failed
        )
        self.judge.measured_by(self.provider, self.scraping)
        self.operator = Operator(self)
        self.paused: list[Operator] = []
        self._loop = JumpingLoop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        for operator in self.paused:
            operator.work.cancel()
            self._loop.run_until_complete(asyncio.wait({operator.work}))
        self._loop.close()

    @property
    def resource(self) -> Object | None:
        """The ModelDeployment as it is now."""
        return self.cluster.objects.get(self.world.resource)

    @property
    def history(self) -> History:
        """What an onlooker knows of the past."""
        return self.judge.history

    @property
    def story(self) -> Story:
        """What happened so far, in words."""
        return self.judge.story

    def let_pass(self, seconds: float) -> None:
        """Let time pass in which nothing else happens, but that autoscalers measure and act."""
        until = self.now + timedelta(seconds=seconds)
        if self.scalers.any:
            self.scraping.look(self.now)
            for at in boundaries(self.now, until):
                self.now = at
                self.scraping.scrape(at)
                self.scalers.sync()
        self.now = until

    def note(self, actor: str, what: str) -> None:
        """Tell something that no object shows."""
        self.story.tell(self.now, actor, what)

    def operate(self) -> float | None:
        """Let the operator do one pass, as far as it comes; return when it wants to look again."""
        self.let_pass(1)
        return self._loop.run_until_complete(self._pass())

    def wake(self) -> None:
        """Let the operator that stands still the longest go on with what it had decided."""
        self._loop.run_until_complete(self._wake())

    def _shares(self) -> Mapping[str, int]:
        return self.history.carried or {self.world.reached: ALL}

    async def meanwhile(self, seen: Pass) -> None:
        """Let others act between two requests of an operator."""
        if seen.late:
            return
        if self.paused and self.weather.wakes():
            await self._wake()
        self.weather.meanwhile()

    async def _pass(self) -> float | None:
        operator = self.operator
        await operator.catch_up()
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
        await asyncio.wait({operator.work})
        self._ended(operator, operator.connection.current)

    def _ended(self, operator: Operator, seen: Pass) -> float | None:
        try:
            again = operator.work.result()
        except ClusterError as error:
            self.note("operator", f"will look again: {error}")
            return 0.0
        except Crash:
            self.operator = Operator(self)
            return 0.0
        self.judge.ended(seen)
        return again
