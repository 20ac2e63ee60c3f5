"""How many pods carry everything while an autoscaler owns their number, as an onlooker knows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from sluiceway.api.resource import ModelDeployment
from sluiceway.build.objects import Object
from sluiceway.core.memory import recall
from sluiceway.core.scene import remembers
from tests.simulation.scraping import PER_POD

if TYPE_CHECKING:
    from tests.simulation.passes import Pass

_MEASURED_AS_IT_IS = timedelta(seconds=90)
"""After so long an autoscaler goes by requests as they are, and no more by a share of them."""
_TOLERATED, _CUT_OFF = 1.1, 0.25
"""What autoscalers let be, and what whole percents take from the sum of what they measured, in pods."""


@dataclass
class Carried:
    """How many `pods` carried everything as a rollout began, raised by what was measured; 0 at rest."""

    pods: int = 0
    first: int = 0
    """How many there were when it began."""
    began: datetime | None = None
    held: bool = False
    """Whether a pass has come to its end since; before that autoscalers go by all requests."""
    calm: datetime | None = None
    """Since when one revision has everything again."""

    def now(self, now: datetime) -> int:
        """Return how many there have to be, for as long as somebody may have to take everything back."""
        return 0 if self.calm and now >= self.calm + _MEASURED_AS_IT_IS else self.pods

    def led(self, lead: Object, seen: Pass) -> None:
        """Take up where an operator leads callers, and who is remembered with it."""
        if seen.owner.spec.autoscaling is None:
            self.pods, self.calm = 0, None
        elif remembers(lead):
            memory = recall([lead], "")
            if not (memory.candidate or memory.previous or memory.leaving):
                self.calm = self.calm or seen.looked
            elif self.calm or not self.pods:
                live = [seen.asked.get(name, 0) for name in (memory.stable, memory.previous)]
                self.pods = self.first = max(1, self.now(seen.looked), *live)
                self.began, self.calm, self.held = seen.looked, None, False

    def ended(self, seen: Pass) -> None:
        """Take up that a pass has done all that it wanted."""
        self.held = self.held or bool(self.began and seen.looked >= self.began)

    def scaled_down(self, pods: int) -> None:
        """Take up that an autoscaler, which has measured everything, found so many pods enough."""
        if not self.held:
            self.pods = min(self.pods, pods)

    def measured(self, load: int) -> None:
        """Take up that autoscalers have had all the time they need to measure a load that stays as it is."""
        if self.pods and not self.calm:
            self.pods = max(self.pods, ceil(load / PER_POD / _TOLERATED - _CUT_OFF))


def least(load: int) -> int:
    """Return how many pods carry a load."""
    return -(-load // PER_POD)


def need(carried: Carried, owner: ModelDeployment, now: datetime) -> int:
    """Return how many pods a revision needs for all requests."""
    given = owner.spec.autoscaling
    if given is None:
        return owner.spec.replicas
    return min(given.max_replicas, max(given.min_replicas, carried.now(now)))
