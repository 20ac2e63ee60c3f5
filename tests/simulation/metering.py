"""Who is judged by metrics too, and what befalls these: by a chance of its own."""

from __future__ import annotations

from sluiceway.build.objects import Object
from tests.simulation.chance import Dice
from tests.simulation.people import People
from tests.simulation.provider import Trouble
from tests.simulation.simulation import Simulation

_EVENTS: Object = {
    "name": "features",
    "type": "Custom",
    "targetPercent": "99",
    "query": {
        "provider": "main",
        "total": 'sum(lookups_total{pod=~"{{revision}}-.*"})',
        "bad": 'sum(misses_total{pod=~"{{revision}}-.*"})',
    },
}
_SHARE = 0.25
"""Of the schedules with objectives."""
_TROUBLES = {trouble: 4 if trouble is Trouble.NONE else 1 for trouble in Trouble}


class Metering:
    """A provider of metrics in one schedule, if there is one."""

    def __init__(self, dice: Dice, simulation: Simulation, slo: Object | None) -> None:
        self._dice = dice
        self._provider = simulation.provider
        self._simulation = simulation
        self.slo = slo
        if slo and dice.falls(_SHARE):
            objectives = [*slo["objectives"], _EVENTS]
            self.slo = slo | {"objectives": objectives, "gateway": {"provider": "main"}}

    @property
    def in_use(self) -> bool:
        """Tell whether revisions are judged by metrics."""
        return self.slo is not None and "gateway" in self.slo

    def turn(self, people: People) -> None:
        """Let something befall it, now and then."""
        if not self.in_use or not self._dice.falls(0.3):
            return
        match self._dice.weigh({"trouble": 3, "anew": 1, "illness": 3}):
            case "trouble":
                self._provider.trouble = self._dice.weigh(_TROUBLES)
                self._simulation.note("provider", f"{self._provider.trouble.name}")
            case "anew":
                self._provider.begin_anew()
                self._simulation.note("provider", "counts from 0 again")
            case "illness":
                memory, images = people.memory, self._simulation.history.images
                tried, serves = memory.candidate or memory.stable, memory.stable
                some = self._dice.pick((tried,), (tried,), (tried, serves), (), ())
                self._provider.ill = {images.get(revision, "") for revision in some}
