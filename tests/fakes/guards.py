"""Guards without a network."""

from __future__ import annotations

from dataclasses import dataclass, field

from sluiceway.core.readings import Reading, Unanswered

DAY = 86_400
"""Age of a guard that nobody suspects to be another one than a moment ago."""


@dataclass
class FakeGuards:
    """`ports.Guards` by address. One that is not among `told` has counted nothing so far."""

    told: dict[str, Reading | Unanswered] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    async def read(self, target: str) -> Reading | Unanswered:
        """Return what the guard at *target* says."""
        self.asked.append(target)
        return self.told.get(target, Reading(uptime=DAY))
