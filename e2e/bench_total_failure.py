"""`python -m e2e.bench_total_failure`: what no judge can do better, and what this one does, when all fail.

No cluster is needed. The candidate fails every request from its first on, the stable none; nothing is
tolerated (`hiccupSamples: 1`). The gateway chooses at random, so that requests come at random.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from math import exp, factorial, log
from random import Random

from e2e.documents import print_and_keep
from sluiceway.core.objectives import Share
from sluiceway.core.pooled import ratios
from sluiceway.core.sequential import Sequential, absolute
from sluiceway.core.trial import Trial, bounds
from sluiceway.runtime.scraper import INTERVAL_SECONDS, URGENT_SECONDS

ALLOWED = 0.005
ALPHA = 0.001
RATE = 100
"""Requests a second, to both revisions together."""
WEIGHTS = (5, 10, 25, 50)
RUNS = 1000
SEED = 20261121
_ROUNDING = 1e-9


def lines() -> Iterator[str]:
    """Yield the figures as Markdown."""
    chance = Random(SEED)  # noqa: S311 - plays requests
    yield (
        f"`python -m e2e.bench_total_failure`: at most {ALLOWED:.1%} bad allowed, alpha {ALPHA:.1%},"
        f" {RATE} requests a second to both, which come at random. Looks every {INTERVAL_SECONDS} s, and"
        f" every {URGENT_SECONDS} s once bad requests were seen. Seconds: p50, p95."
    )
    yield ""
    yield (
        "| its share | bad requests that any test needs | of what is allowed | of the comparison |"
        f" from the first to the last of these, s | to the breach, {RUNS:,} runs, s |"
    )
    yield "|---|---|---|---|---|---|"
    for weight in WEIGHTS:
        share = weight / 100
        least = max(_least(ALLOWED), _least(share))
        others = round(1 / share) - 1
        alone = _needed(absolute(ALLOWED, 1, 1))
        compared = _needed(ratios(1.0, Share(1, 1), Share(others)))
        waits = ", ".join(f"{_wait(least - 1, RATE * share, part):.2f}" for part in (0.5, 0.95))
        found = sorted(_played(share, chance) for _ in range(RUNS))
        breach = ", ".join(f"{found[int(part * RUNS)]:.2f}" for part in (0.5, 0.95))
        yield f"| {weight} % | {least} | {alone} | {compared} | {waits} | {breach} |"


def _least(likely: float) -> int:
    """Return how many bad requests any test needs, of which each is *likely* with a healthy candidate too."""
    return next(number for number in count(1) if likely**number <= ALPHA * (1 + _ROUNDING))


def _needed(ratios_of_one: tuple[float, ...]) -> int:
    """Return with how many bad requests the test speaks, each a look of its own."""
    evidence = Sequential()
    for number in count(1):
        evidence = evidence.after(ratios_of_one)
        if evidence.evidence >= log(1 / ALPHA):
            return number
    raise AssertionError


def _wait(requests: int, rate: float, part: float) -> float:
    """Return within how many seconds so many requests come, in such a *part* of all cases."""
    low, high = 0.0, 60.0
    while high - low > 1e-4:
        middle = (low + high) / 2
        fewer = sum((rate * middle) ** each / factorial(each) for each in range(requests))
        low, high = (low, middle) if 1 - exp(-rate * middle) * fewer >= part else (middle, high)
    return high


def _played(share: float, chance: Random) -> float:
    """Return how many seconds after its first request there is a breach."""
    limits = bounds(allowed=ALLOWED, alpha=ALPHA, samples=1)
    mine, theirs = _Arrivals(RATE * share, chance), _Arrivals(RATE * (1 - share), chance)
    now, due = INTERVAL_SECONDS, 2 * INTERVAL_SECONDS
    trial = Trial().after(Share(), Share(theirs.until(now)), limits)
    mine.next += now
    first = mine.next
    while not (trial.is_bad(limits) and trial.is_worse(limits)):
        urgent = trial.absolute.evidence > 0 or trial.relative.evidence > 0
        if urgent and now + URGENT_SECONDS < due:
            now += URGENT_SECONDS
        else:
            now, due = due, due + INTERVAL_SECONDS
        bad = mine.until(now)
        trial = trial.after(Share(bad, bad), Share(theirs.until(now)), limits)
    return now - first


class _Arrivals:
    """Requests that come at random, and when the next one does."""

    def __init__(self, rate: float, chance: Random) -> None:
        self._rate, self._chance = rate, chance
        self.next = chance.expovariate(rate)

    def until(self, seconds: float) -> int:
        """Return how many come before that moment, since the last time."""
        requests = 0
        while self.next < seconds:
            requests += 1
            self.next += self._chance.expovariate(self._rate)
        return requests


if __name__ == "__main__":
    print_and_keep("total failure", "\n".join(lines()))
