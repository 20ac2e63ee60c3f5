"""One way in which a request fails, and what is expected of those who see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from e2e.counted.asks import Ask

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Case:
    """What is asked and what is seen of it; of the two sides, how their counters change."""

    name: str
    ask: Ask
    caller: tuple[str, ...]
    triton: Counts = field(default_factory=dict)
    guard: Counts = field(default_factory=dict)
    or_guard: Counts = field(default_factory=dict)
    """What it may count instead, where two ends race."""

    def agrees(self, triton: Counts, guard: Counts) -> bool:
        """Tell whether both sides counted what they should."""
        return self.triton == triton and guard in (self.guard, self.or_guard or self.guard)


BAD = ("400", "INVALID_ARGUMENT")
BROKEN = {"http 5xx": 1, "grpc INTERNAL": 1}
UNAVAILABLE = {"http 5xx": 1, "grpc UNAVAILABLE": 1}
