"""Who leaves the number of pods to autoscalers, and what befalls these: by a chance of its own."""

from __future__ import annotations

from sluiceway.build.autoscaler import KIND
from sluiceway.build.objects import Object
from tests.simulation.chance import Dice
from tests.simulation.people import People
from tests.simulation.scraping import PER_POD, TARGET
from tests.simulation.simulation import Simulation

METRICS = [{"type": "CPU", "targetPercent": TARGET}]
USUAL: Object = {"minReplicas": 2, "maxReplicas": 9, "metrics": METRICS}
_OTHERS: tuple[Object, ...] = (
    USUAL,
    USUAL | {"maxReplicas": 5},
    USUAL | {"minReplicas": 1, "maxReplicas": 3},
    USUAL | {"minReplicas": 3, "maxReplicas": 16},
)
_LOADS = (0, PER_POD, 2 * PER_POD, 3 * PER_POD, 6 * PER_POD, 10 * PER_POD)
_SLOW: Object = {"steps": [{"weight": 20, "seconds": 200}, {"weight": 60, "seconds": 600}]}
"""So slow that what revisions carry together is measured during a step."""
_SHARE = 0.3
"""Of the schedules."""


class Scaling:
    """The load in one schedule, and the autoscalers that follow it, if there are any."""

    def __init__(self, dice: Dice, simulation: Simulation) -> None:
        self._dice = dice
        self._simulation = simulation
        self.in_use = dice.falls(_SHARE)
        self.at_first: Object = {}
        if self.in_use:
            slow = {"rollout": _SLOW} if dice.falls(0.5) else {}
            self.at_first = {"replicas": 1, "autoscaling": USUAL} | slow
            simulation.scalers.behind = lambda: dice.pick(1, 2)

    def turn(self, people: People) -> None:
        """Let something befall them, now and then."""
        if not self.in_use or not self._dice.falls(0.3):
            return
        scraping = self._simulation.scraping
        match self._dice.weigh({"load": 8, "double": 4, "metrics": 2, "spec": 2, "switch": 1, "delete": 1}):
            case "load":
                self._load(self._dice.pick(*_LOADS))
            case "double":
                self._load(min(2 * scraping.load, max(_LOADS)))
                if self._dice.falls(0.5):
                    people.command("abort")
            case "metrics":
                scraping.away = not scraping.away
                self._simulation.note("metrics", "are away" if scraping.away else "are back")
            case "spec" if "autoscaling" in people.asked:
                people.ask(autoscaling=self._dice.pick(*_OTHERS))
            case "switch":
                self._switch(people)
            case "delete":
                people.delete(KIND, self._dice.below(9))

    def replicas(self, people: People, replicas: int) -> None:
        """Let the team ask for a number of pods, which nobody may while an autoscaler owns it."""
        if "autoscaling" not in people.asked:
            people.ask(replicas=replicas)

    def _switch(self, people: People) -> None:
        if "autoscaling" not in people.asked:
            people.ask(replicas=1, autoscaling=USUAL)
        else:
            del people.asked["autoscaling"]
            people.ask(replicas=self._dice.below(5))

    def _load(self, load: int) -> None:
        self._simulation.scraping.change(self._simulation.now, load)
        self._simulation.note("users", f"send {load} requests per second")
