"""Who has few places for pods, so that those of all revisions are bounded: by a chance of its own."""

from __future__ import annotations

from sluiceway.build.objects import Object
from tests.simulation.chance import Dice

BOUNDED: tuple[Object, ...] = (
    {
        "steps": [{"weight": 34, "seconds": 20}, {"weight": 67, "seconds": 20}],
        "keepPreviousSeconds": 60,
        "maxSurge": 0,
        "maxUnavailable": 1,
    },
    {
        "steps": [{"weight": 25, "seconds": 30}, {"weight": 60, "seconds": 10, "gate": True}],
        "keepPreviousSeconds": 900,
        "rollbackWindow": {"revisions": 2},
        "maxSurge": 1,
    },
    {"linear": {"weight": 40, "seconds": 10}, "maxSurge": "25%", "maxUnavailable": "50%"},
    {"steps": [{"weight": 100, "seconds": 60}], "preview": "Disabled", "maxSurge": 0, "maxUnavailable": 2},
)
_SHARE = 0.3
"""Of the schedules without autoscalers."""


class Bounding:
    """The bounds in one schedule, if there are any."""

    def __init__(self, dice: Dice, *, scaled: bool) -> None:
        self._dice = dice
        self.in_use = dice.falls(_SHARE) and not scaled
        self.at_first: Object = {}
        if self.in_use:
            self.at_first = {"rollout": dice.pick(*BOUNDED), "replicas": dice.pick(2, 3, 4, 4)}

    def rollout(self, unbounded: Object) -> Object:
        """Return how the team wants its rollouts from now on; now and then it does without bounds."""
        return self._dice.pick(*BOUNDED, unbounded) if self.in_use else unbounded

    def replicas(self, picked: int) -> int:
        """Return how many pods the team wants: no single one where it would have to go before another is."""
        return 3 if self.in_use and picked == 1 else picked
