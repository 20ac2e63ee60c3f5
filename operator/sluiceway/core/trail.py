"""For how long have requests been in flight? What can be said of it from how many have begun, and when.

Envoy does not tell the age of a request. Yet of those in flight now no more than have begun since an
earlier look can be younger than that look; the others are older:

    older than (now - then)  >=  in flight now - begun between then and now

With first come, first served, that is exact; in any other order it is less than the truth, never more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

LONGEST_SECONDS = 60.0
"""Nobody asks for a greater age."""
_THINNING = 1 / 8
"""How far apart looks are kept, as a share of their age."""

Pair = tuple[int, int]
"""Of HTTP and of gRPC."""


@dataclass(frozen=True)
class Trail:
    """Looks at one guard's process, oldest first. Times are in seconds, of any clock that never goes back."""

    looks: tuple[tuple[float, Pair], ...] = ()
    """When the look was over, and how many requests had begun by then."""
    asked_at: float = 0.0
    """When the last look began."""
    in_flight: Pair = (0, 0)

    def looked(self, begun: Pair, in_flight: Pair, *, asked_at: float, answered_at: float) -> Self:
        """Return the trail with one more look; it holds some fifty at most."""
        looks = [(answered_at, begun)]
        for at, earlier in reversed(self.looks):
            age, gap = answered_at - at, looks[-1][0] - at
            ends = len(looks) == 1 or (at, earlier) == self.looks[0] or age >= LONGEST_SECONDS
            if ends or gap >= _THINNING * age:
                looks.append((at, earlier))
            if age >= LONGEST_SECONDS:
                break
        return type(self)(tuple(reversed(looks)), asked_at, in_flight)

    def older_than(self, seconds: float) -> int:
        """Return how many requests, at least, had been in flight for longer at the last look.

        Looks are not kept at every moment: what is counted may have been older still, by a quarter.
        """
        then = next((begun for at, begun in reversed(self.looks) if self.asked_at - at >= seconds), None)
        if then is None:
            return 0
        now = self.looks[-1][1]
        return sum(
            max(0, flying - (new - old)) for flying, new, old in zip(self.in_flight, now, then, strict=True)
        )
