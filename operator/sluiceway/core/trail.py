"""For how long have requests been in flight? What can be said of it from how many have begun, and when.

Envoy does not tell the age of a request. Yet of those in flight now no more than have begun since an
earlier look can be younger than that look; the others are older:

    older than (now - then)  >=  in flight now - begun between then and now

With first come, first served, that is exact; in any other order it is less than the truth, never more.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, log2
from typing import Self

LONGEST_SECONDS = 3600.0
"""Nobody asks for a greater age: it is the longest `timeoutSeconds`."""
_EXACT_SECONDS = 30.0
"""Every look is kept for so long, so that two guards tell at the same look what is overdue with both."""
_THINNING = 1 / 8
"""How far apart looks are kept after that, at most, as a share of the rest of their age."""

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
        """Return the trail with one more look; it holds some 150 at most, at two looks a second."""
        looks = [(answered_at, begun)]
        for at, earlier in reversed(self.looks):
            age = answered_at - at
            cell = _cell(age)
            if not cell or at // cell != looks[-1][0] // cell:
                looks.append((at, earlier))
            if age >= LONGEST_SECONDS:
                break
        return type(self)(tuple(reversed(looks)), asked_at, in_flight)

    def older_than(self, seconds: float) -> int:
        """Return how many requests, at least, had been in flight for longer at the last look.

        Beyond half a minute not every look is kept: what is counted may have been older still, by a quarter.
        """
        then = next((begun for at, begun in reversed(self.looks) if self.asked_at - at >= seconds), None)
        if then is None:
            return 0
        now = self.looks[-1][1]
        return sum(
            max(0, flying - (new - old)) for flying, new, old in zip(self.in_flight, now, then, strict=True)
        )


def _cell(age: float) -> float:
    """Return the seconds of which one look is kept, the newest: a power of two.

    The cells lie fast in time, and every one is half of a later one. So what is kept now is still there when
    less is kept; by the distance to the next look alone each would go in its turn, and nothing be left.
    """
    rest = _THINNING * (age - _EXACT_SECONDS)
    return 2.0 ** floor(log2(rest)) if rest > 0 else 0.0
