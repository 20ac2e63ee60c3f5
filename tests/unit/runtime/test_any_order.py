"""Whatever happens in whatever order, callers are led to pods that answer, and the end is what was asked for.

`World.check` states what must hold at every write of the operator.
"""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from sluiceway.build.objects import ref_of
from tests.fakes.cluster import Crash
from tests.fakes.objects import HOSTNAME, NAME
from tests.fakes.world import World

IMAGES = st.sampled_from(["triton:1", "triton:2", "triton:3"])


class AnyOrder(RuleBasedStateMachine):
    """A team, a careless colleague, the cluster's controllers and an operator that is killed now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.asked: dict[str, Any] = {"replicas": 2, "runtime": {"image": "triton:1"}, "traffic": HOSTNAME}
        self.world.apply(**self.asked)

    @rule(image=IMAGES)
    def ask_for_another_image(self, image: str) -> None:
        self._ask(runtime={"image": image})

    @rule(replicas=st.integers(0, 3))
    def scale(self, replicas: int) -> None:
        self._ask(replicas=replicas)

    @rule(traffic=st.sampled_from([HOSTNAME, None]))
    def ask_for_traffic(self, traffic: dict[str, Any] | None) -> None:
        self._ask(traffic=traffic)

    @rule()
    def operator(self) -> None:
        self.world.reconcile()

    @rule(writes=st.integers(1, 8))
    def operator_is_killed(self, writes: int) -> None:
        self.world.cluster.crash_after = writes
        try:
            self.world.reconcile()
        except Crash:
            self.world.restart_operator()
        self.world.cluster.crash_after = None

    @rule(step=st.sampled_from(["deployment", "kubelet", "gateway", "garbage"]), times=st.integers(1, 4))
    def cluster(self, step: str, times: int) -> None:
        for _ in range(times):
            self.world.controllers.steps[step]()

    @rule(image=IMAGES)
    def an_image_breaks(self, image: str) -> None:
        self.world.controllers.broken.add(image)

    @precondition(lambda self: self.world.controllers.broken)
    @rule()
    def images_are_mended(self) -> None:
        self.world.controllers.broken.clear()

    @rule(
        kind=st.sampled_from(["Pod", "Service", "HTTPRoute", "Deployment", "PodDisruptionBudget"]),
        which=st.integers(0, 9),
    )
    def somebody_deletes(self, kind: str, which: int) -> None:
        found = list(self.world.cluster.of_kind(kind).values())
        if found:
            self.world.cluster.remove(ref_of(found[which % len(found)]))

    @rule()
    def somebody_removes_the_status(self) -> None:
        self.world.cluster.edit(self.world.resource, lambda obj: obj.pop("status", None))

    def teardown(self) -> None:
        """Let everything come to rest: it must be what was asked for last."""
        world = self.world
        world.controllers.broken.clear()
        # Without pods, nothing can show that it answers: a new revision waits for some.
        if not self.asked["replicas"]:
            self._ask(replicas=1)
        world.settle()
        replicas = self.asked["replicas"]
        assert world.condition("Ready") == ("True", "Serving")
        assert list(world.cluster.of_kind("Deployment")) == [world.reached]
        assert world.routed == ({world.reached} if self.asked["traffic"] else set())
        assert world.status.image == self.asked["runtime"]["image"]
        assert len(world.cluster.of_kind("Pod")) == replicas
        assert sorted(world.cluster.of_kind("Service")) == sorted({NAME, world.reached, *world.weights})
        written = len(world.cluster.requests)
        world.reconcile()
        assert len(world.cluster.requests) == written

    def _ask(self, **given: Any) -> None:
        self.asked |= given
        self.world.apply(**self.asked)


AnyOrder.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
test_any_order = AnyOrder.TestCase
