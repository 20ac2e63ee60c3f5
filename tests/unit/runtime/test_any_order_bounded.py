"""Whatever happens in whatever order where pods are bounded: there is a place for each that is asked for.

And requests are given to pods that can carry them, there and back. `World.check` states it for every write.
"""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.fakes.objects import HOSTNAME
from tests.unit.runtime.test_any_order import AnyOrder

QUICK = {"steps": [{"weight": weight, "seconds": 1} for weight in (34, 67)], "keepPreviousSeconds": 5}
BOUNDS = (
    QUICK | {"maxSurge": 0, "maxUnavailable": 1},
    QUICK | {"maxSurge": 1},
    QUICK | {"maxSurge": "25%", "maxUnavailable": "50%"},
    QUICK | {"maxSurge": 0, "maxUnavailable": 2, "steps": [{"weight": 100, "seconds": 1}]},
)


class AnyOrderBounded(AnyOrder):
    """The same people, whose rollouts are bounded, and who abort some of them."""

    def __init__(self) -> None:
        super().__init__()
        self.world.controllers.ends = lambda: f"{self.world.now:%Y-%m-%dT%H:%M:%SZ}"
        self._ask(replicas=4, rollout=BOUNDS[0])

    @rule(replicas=st.sampled_from([0, 2, 3, 4, 5]))
    def scale(self, replicas: int) -> None:
        self._ask(replicas=replicas)

    @rule(traffic=st.just(HOSTNAME))
    def ask_for_traffic(self, traffic: dict[str, Any] | None) -> None:
        self._ask(traffic=traffic)

    @rule(kind=st.sampled_from(["Pod", "Service", "Deployment"]), which=st.integers(0, 9))
    def somebody_deletes(self, kind: str, which: int) -> None:
        super().somebody_deletes(kind, which)

    @rule(rollout=st.sampled_from(BOUNDS))
    def ask_for_other_bounds(self, rollout: dict[str, Any]) -> None:
        self._ask(rollout=rollout)

    @rule(times=st.sampled_from([1, 10, 25]))
    def everybody_does_something(self, times: int) -> None:
        for _ in range(times):
            self.world.reconcile()
            for step in self.world.controllers.steps.values():
                step()

    @precondition(lambda self: self.world.memory.stable and self.world.memory.candidate)
    @rule()
    def somebody_aborts(self) -> None:
        memory = self.world.memory
        self.world.command(abort=f"{memory.candidate}/{memory.attempt}/{memory.step}")
        self.world.reconcile()
        self.world.command(abort="")

    @precondition(lambda self: self.world.memory.previous)
    @rule()
    def somebody_aborts_who_took_over(self) -> None:
        self.world.command(abort=f"{self.world.memory.stable}/1/0")
        self.world.reconcile()
        self.world.command(abort="")

    def teardown(self) -> None:
        """Ask for what nobody has refused, and two pods of it: one pod could not keep all bounds."""
        self._ask(replicas=max(2, self.asked["replicas"]), runtime={"image": "triton:last"})
        super().teardown()


AnyOrderBounded.TestCase.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
test_any_order = AnyOrderBounded.TestCase
