"""A rollback at the very moment at which the load doubles."""

from __future__ import annotations

from tests.fakes.controllers import ready_pods
from tests.simulation.people import People
from tests.simulation.rest import settle
from tests.simulation.scaling import USUAL
from tests.simulation.scraping import LOAD, PER_POD
from tests.simulation.simulation import Simulation
from tests.simulation.test_stories import NEXT, share, until

PODS = LOAD // PER_POD
WHOLE_STEP = {"steps": [{"weight": 50, "seconds": 600}]}


def asked(simulation: Simulation, revision: str) -> int:
    return int(simulation.cluster.of_kind("Deployment")[revision]["spec"]["replicas"])


def test_a_rollback_at_the_moment_at_which_the_load_doubles() -> None:
    with Simulation() as simulation:
        people = People(simulation, replicas=1, autoscaling=USUAL, rollout=WHOLE_STEP)
        settle(simulation)
        stable = people.memory.stable
        people.ask(runtime=NEXT)
        until(simulation, lambda: share(simulation, people) == 50)
        simulation.let_pass(300)  # The autoscaler of the stable one has seen half of the requests for long.
        simulation.scraping.change(simulation.now, 2 * LOAD)
        people.command("abort")
        simulation.operate()
        assert simulation.world.weights[stable] == 100
        assert ready_pods(simulation.cluster, stable) == PODS, "all that carried everything before"
        begun, grown = simulation.now, None
        while (simulation.now - begun).total_seconds() < 900:
            simulation.operate()
            assert asked(simulation, stable) >= PODS
            for step in (*simulation.controllers.steps.values(), simulation.controllers.publish):
                while step():
                    assert ready_pods(simulation.cluster, stable) >= PODS
            if ready_pods(simulation.cluster, stable) == 2 * PODS:
                grown = grown or simulation.now - begun
            simulation.let_pass(5)
        assert grown is not None
        assert grown.total_seconds() <= 60, "as soon as an autoscaler can know"
        assert asked(simulation, stable) == ready_pods(simulation.cluster, stable) == 2 * PODS
        assert people.memory.carried == 0
