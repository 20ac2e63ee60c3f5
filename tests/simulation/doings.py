"""Who acts, and how: in one turn the operator, a controller, somebody of the team, or misfortune."""

from __future__ import annotations

from typing import Any

from sluiceway.build.objects import Object, revision_of
from sluiceway.core.pods import is_ready
from tests.fakes.objects import HOSTNAME, restarted_pod
from tests.simulation.bounding import Bounding
from tests.simulation.chance import Dice
from tests.simulation.metering import Metering
from tests.simulation.people import People
from tests.simulation.scaling import Scaling
from tests.simulation.simulation import Simulation

IMAGES = ("triton:1", "triton:2", "triton:3")
ROLLOUTS: tuple[Object, ...] = (
    {"steps": [{"weight": 25, "seconds": 30}, {"weight": 50, "seconds": 60}, {"weight": 100, "seconds": 10}]},
    {
        "steps": [{"weight": 10, "seconds": 5}, {"weight": 60, "gate": True}],
        "keepPreviousSeconds": 900,
        "rollbackWindow": {"revisions": 2},
    },
    {"steps": [{"weight": 100, "seconds": 60}], "preview": "Disabled"},
    {"linear": {"weight": 40, "seconds": 40}, "keepPreviousSeconds": 0},
    {"strategy": "BlueGreen", "keepPreviousSeconds": 60},
    {"strategy": "AllAtOnce"},
)
_ANSWERS = {"name": "answers", "type": "ErrorRate", "targetPercent": "99"}
SLOS: tuple[Object, ...] = (
    {"objectives": [_ANSWERS], "hiccupSamples": 1, "minRequests": 1},
    {"objectives": [_ANSWERS], "callerErrors": "Disabled", "minRequests": 20},
)
TRAFFIC = (HOSTNAME, HOSTNAME, HOSTNAME, None)
COMMANDS = {"pause": 1, "resume": 1, "promote": 2, "abort": 2, "retry": 1}
DELETED_BY_HAND = ("Pod", "Service", "HTTPRoute", "Deployment", "PodDisruptionBudget")
WEBHOOKS = ("Deployment", "HTTPRoute", "ControllerRevision")


class Doings:
    """Everybody in one schedule. Who is busy in it is chance."""

    def __init__(
        self, dice: Dice, simulation: Simulation, *, of_metrics: Dice, of_scaling: Dice, of_bounds: Dice
    ) -> None:
        self._dice = dice
        self._simulation = simulation
        rollout, replicas, traffic = dice.pick(*ROLLOUTS), dice.pick(1, 2, 4), dice.pick(*TRAFFIC)
        self._metering = Metering(of_metrics, simulation, dice.pick(None, *SLOS))
        slo = self._metering.slo
        self._scaling = Scaling(of_scaling, simulation)
        self._bounding = Bounding(of_bounds, scaled=self._scaling.in_use)
        self._shares = self._metering.in_use or self._bounding.in_use
        traffic = HOSTNAME if self._shares else traffic
        asked = {"replicas": replicas, "rollout": rollout} | self._scaling.at_first | self._bounding.at_first
        self.people = People(simulation, traffic=traffic, slo=slo, **asked)
        self._others = {
            self._controllers: 30.0,
            self._time_passes: 8.0,
            self._team: dice.pick(1.0, 3.0, 6.0),
            self._command: dice.pick(0.0, 4.0, 10.0),
            self._careless: dice.pick(0.0, 0.5, 3.0),
            self._misfortune: dice.pick(0.0, 2.0, 5.0),
            self._illness: dice.pick(0.0, 6.0, 14.0) if slo else 0.0,
        }
        stories = {
            self._operates: 25.0,
            self._quiet_moment: 10.0,
            self._break: dice.pick(0.0, 4.0),
            self._outage: dice.pick(0.0, 9.0),
        }
        self._all = self._others | stories
        self._deletes = dice.falls(0.2)

    def turn(self) -> None:
        """Let somebody act."""
        self._metering.turn(self.people)
        self._scaling.turn(self.people)
        self._dice.weigh(self._all)()

    def meanwhile(self) -> None:
        """Let somebody act who is no operator."""
        self._dice.weigh(self._others)()

    def _operates(self) -> None:
        if self._simulation.paused and self._dice.falls(0.1):
            self._simulation.wake()
        self._simulation.operate()

    def _controllers(self) -> None:
        controllers = self._simulation.controllers
        steps = [*controllers.steps.values(), controllers.publish]
        for _ in range(self._dice.pick(1, 4, 15, 40)):
            self._dice.pick(*steps)()

    def _quiet_moment(self) -> None:
        for _ in range(self._dice.pick(2, 3, 4)):
            self._simulation.operate()
            if self._dice.falls(0.7):
                self._simulation.controllers.publish()
            for step in self._simulation.controllers.steps.values():
                while step():
                    pass
            self._simulation.let_pass(self._dice.pick(0, 10, 60))

    def _break(self) -> None:
        self.people.command("pause")
        self._quiet_moment()
        self._simulation.let_pass(self._dice.pick(1, 30, 300))
        self.people.command("resume")
        self._quiet_moment()

    def _outage(self) -> None:
        self._crash()
        self._simulation.controllers.publish()
        self._dice.pick(self._team, self._command, self._time_passes)()
        self._simulation.operate()

    def _time_passes(self) -> None:
        self._simulation.let_pass(self._dice.pick(1, 5, 20, 60, 100, 800))

    def _team(self) -> None:
        match self._dice.weigh({"image": 8, "replicas": 3, "traffic": 1, "rollout": 1, "resource": 2}):
            case "image":
                self.people.ask(runtime={"image": self._dice.pick(*IMAGES)})
            case "replicas":
                self._scaling.replicas(self.people, self._bounding.replicas(self._dice.below(5)))
            case "traffic":
                asked = self._dice.pick(*TRAFFIC)
                self.people.ask(traffic=HOSTNAME if self._shares else asked)
            case "rollout":
                self.people.ask(rollout=self._bounding.rollout(self._dice.pick(*ROLLOUTS)))
            case "resource" if self._deletes:
                self.people.delete_resource()

    def _command(self) -> None:
        command = self._dice.weigh(COMMANDS)
        if self._dice.falls(0.2):
            self.people.annotate(command, "")
            return
        wrong: dict[str, Any] = self._dice.pick({}, {}, {}, {"attempt": -1}, {"step": -1}, {"step": 1})
        known = sorted(self._simulation.history.images)
        self.people.command(command, revision=self._dice.pick("", "", "", "", *known), **wrong)

    def _careless(self) -> None:
        match self._dice.weigh({"object": 4, "weights": 2, "status": 1}):
            case "object":
                self.people.delete(self._dice.pick(*DELETED_BY_HAND), self._dice.below(9))
            case "weights":
                self.people.edit_weights(self._dice.below(101))
            case "status":
                self.people.delete_status()

    def _misfortune(self) -> None:
        troubles = self._simulation.controllers.broken, self._simulation.prober.wrong
        match self._dice.weigh({"crash": 4, "image": 2, "webhook": 1, "mended": 4}):
            case "crash":
                self._crash()
            case "image":
                self._dice.pick(*troubles).add(self._dice.pick(*IMAGES))
            case "webhook":
                self._simulation.cluster.refused[self._dice.pick(*WEBHOOKS)] = "not today"
            case "mended":
                for trouble in (*troubles, self._simulation.cluster.refused):
                    trouble.clear()

    def _illness(self) -> None:
        """Let callers see errors of the one that is tried, or that serves, or of both; or mend it."""
        memory, images = self.people.memory, self._simulation.history.images
        both = (memory.candidate or memory.stable, memory.stable)
        self._simulation.callers.ill.clear()
        for revision in self._dice.pick(both[:1], both[:1], both[:1], both[1:], both, (), ()):
            self._simulation.callers.ill.add(images.get(revision, ""))

    def _crash(self) -> None:
        cluster, tried = self._simulation.cluster, self.people.memory.candidate
        ready = [pod for pod in cluster.of_kind("Pod").values() if is_ready(pod)]
        of_one = [pod for pod in ready if revision_of(pod) == tried] or ready
        of_others = [pod for pod in ready if revision_of(pod) != tried]
        some = [*of_one, *of_others[:1]]
        for pod in self._dice.pick(of_one, of_one[:1], of_others, of_others, some, some, ready):
            after = restarted_pod(revision_of(pod))["status"] | {"podIP": pod["status"]["podIP"]}
            cluster.put(pod | {"status": after})
