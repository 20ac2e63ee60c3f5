"""Whatever happens in whatever order, also while users, operator and autoscalers move the number of pods."""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from sluiceway.build.objects import ref_of
from tests.unit.runtime.test_any_order import AnyOrder

MOST_VISITS = 200


class AnyOrderAutoscaled(AnyOrder):
    """The same people; now and then they leave the number of pods to an autoscaler, and take it back."""

    @rule(demand=st.integers(0, 6) | st.none())
    def the_load_changes(self, demand: float | None) -> None:
        self.world.controllers.autoscalers.demand = demand

    @rule(least=st.integers(1, 3), more=st.integers(0, 3))
    def let_an_autoscaler_do_it(self, least: int, more: int) -> None:
        metrics = [{"type": "CPU", "targetPercent": 100}]
        autoscaling = {"minReplicas": least, "maxReplicas": least + more, "metrics": metrics}
        self._ask(replicas=1, autoscaling=autoscaling)

    @precondition(lambda self: "autoscaling" in self.asked)
    @rule(replicas=st.integers(0, 4))
    def take_it_back(self, replicas: int) -> None:
        del self.asked["autoscaling"]
        self._ask(replicas=replicas)

    @precondition(lambda self: "autoscaling" not in self.asked)
    @rule(replicas=st.integers(0, 3))
    def scale(self, replicas: int) -> None:
        self._ask(replicas=replicas)

    @rule(times=st.integers(1, 6))
    def autoscaler(self, times: int) -> None:
        for _ in range(times):
            self.world.controllers.autoscalers.step()

    @rule(which=st.integers(0, 3))
    def somebody_deletes_an_autoscaler(self, which: int) -> None:
        found = list(self.world.cluster.of_kind("HorizontalPodAutoscaler").values())
        if found:
            self.world.cluster.remove(ref_of(found[which % len(found)]))

    def teardown(self) -> None:
        """Let it come to rest with its autoscaler first."""
        world = self.world
        world.controllers.broken.clear()
        if given := self.asked.get("autoscaling"):
            self._comes_to_rest(given)
            del self.asked["autoscaling"]
            self._ask(replicas=len(world.cluster.of_kind("Pod")))
        super().teardown()
        assert not world.cluster.of_kind("HorizontalPodAutoscaler")

    def _comes_to_rest(self, given: Any) -> None:
        world = self.world
        for _ in range(MOST_VISITS):
            world.settle()
            if not world.memory.carried and world.condition("Ready")[0] == "True":
                break
        assert list(world.cluster.of_kind("HorizontalPodAutoscaler")) == [world.reached]
        pods, demand = len(world.cluster.of_kind("Pod")), world.controllers.autoscalers.demand
        assert given["minReplicas"] <= pods <= given["maxReplicas"]
        if demand is not None and self.asked["traffic"]:
            assert pods >= min(given["maxReplicas"], demand)


AnyOrderAutoscaled.TestCase.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
test_any_order_autoscaled = AnyOrderAutoscaled.TestCase
