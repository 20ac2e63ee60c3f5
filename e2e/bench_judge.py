"""`python -m e2e.bench_judge`: how soon the judge sees what is bad, and how often it is wrong.

No cluster is needed: requests are played, and every half second one objective's `Trial` gets a sample.
It takes two minutes or three.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import log, log1p
from random import Random

from e2e.cluster.progress import say
from e2e.documents import print_and_keep
from e2e.played import Hiccups, Independent, Queue, Source
from sluiceway.core.objectives import Share
from sluiceway.core.trial import Bounds, Trial, bounds

ALLOWED = 0.005
ALPHA = 0.001
RATE = 100
"""Requests a second, to both revisions together."""
SECONDS = 0.5
STABLE = 0.0005
MULTIPLES = (4, 10, 40, 200)
RUNS = 100
CALM_SECONDS = 840
"""Four steps of a minute, and the bake."""
SEED = 20261121


@dataclass(frozen=True)
class Healthy:
    """So many rollouts with nothing wrong."""

    what: str
    rollouts: int
    samples: int
    allowed: float
    side: Callable[[Random], Source]
    """Makes a revision with half of the requests."""


HEALTHY = (
    Healthy(
        f"independent, {ALLOWED:.1%} bad with both",
        10_000,
        20,
        ALLOWED,
        lambda c: Independent(25, ALLOWED, c),
    ),
    Healthy(
        "2 pods, each fails all of 1 s every 5 min",
        200,
        480,
        ALLOWED,
        lambda c: Hiccups(25, 2, 300, 1.0, STABLE, c),
    ),
    Healthy(
        "2 pods, each fails half of 1 s every 3 min",
        200,
        480,
        ALLOWED,
        lambda c: Hiccups(25, 2, 180, 0.5, STABLE, c),
    ),
    Healthy(
        "latency, a queue at 70 %, 1 % slow of 1 %",
        400,
        240,
        0.01,
        lambda c: Queue(50, 0.7, 0.01, SECONDS, c),
    ),
    Healthy(
        "latency, a queue at 70 %, 0.5 % slow of 1 %",
        400,
        240,
        0.01,
        lambda c: Queue(50, 0.7, 0.005, SECONDS, c),
    ),
)


def lines() -> Iterator[str]:
    """Yield the figures as Markdown."""
    chance = Random(SEED)  # noqa: S311 - plays requests
    yield (
        f"`python -m e2e.bench_judge`: one objective, at most {ALLOWED:.1%} bad allowed, alpha {ALPHA:.1%},"
        f" {RATE} requests a second to both, {STABLE:.2%} bad with the stable. Mean of {RUNS} runs: requests"
        " to the candidate, and seconds, until it is a breach. Bound: no test of what is allowed needs fewer."
    )
    yield ""
    yield "| bad with the candidate | its share | bound | `hiccupSamples` 1 | `hiccupSamples` 4 |"
    yield "|---|---|---|---|---|"
    for multiple in MULTIPLES:
        for weight in (5, 50):
            found = [_mean(multiple * ALLOWED, weight, samples, chance) for samples in (1, 4)]
            cells = " | ".join(f"{requests:.0f}, {seconds:.1f} s" for requests, seconds in found)
            bound = log(1 / ALPHA) / _divergence(multiple * ALLOWED)
            yield f"| {multiple * ALLOWED:.1%} | {weight} % | {bound:.1f} | {cells} |"
        say(f"bench_judge: {multiple * ALLOWED:.1%} bad measured")
    yield ""
    late = " and ".join(f"{_late(samples):.1f} s" for samples in (1, 4))
    yield f"After {CALM_SECONDS // 60} good minutes at half of the requests a total failure takes {late}."
    yield ""
    yield "Rollouts with nothing wrong, each revision with 50 requests a second, looked at every half second:"
    yield ""
    yield "| how they are bad | rollouts | seconds each | taken back, `hiccupSamples` 1 | 4 | 8 |"
    yield "|---|---|---|---|---|---|"
    for one in HEALTHY:
        blamed = [sum(_blamed(one, samples, chance) for _ in range(one.rollouts)) for samples in (1, 4, 8)]
        cells = " | ".join(f"{each} ({each / one.rollouts:.2%})" for each in blamed)
        yield f"| {one.what} | {one.rollouts:,} | {one.samples * SECONDS:.0f} | {cells} |"
        say(f"bench_judge: {one.what}: played")


def _mean(share: float, weight: int, samples: int, chance: Random) -> tuple[float, float]:
    limits = bounds(allowed=ALLOWED, alpha=ALPHA, samples=samples)
    found = [_needed(share, weight, limits, chance) for _ in range(RUNS)]
    return sum(each[0] for each in found) / RUNS, sum(each[1] for each in found) / RUNS


def _needed(share: float, weight: int, limits: Bounds, chance: Random) -> tuple[int, float]:
    """Return how many requests the candidate gets, and how many seconds pass, until there is a breach."""
    per_sample = RATE * SECONDS
    mine = Independent(per_sample * weight / 100, share, chance)
    theirs = Independent(per_sample * (100 - weight) / 100, STABLE, chance)
    trial, seconds = Trial().after(Share(), theirs.sample(), limits), 0.0
    while not _breach(trial, limits):
        trial, seconds = trial.after(mine.sample(), theirs.sample(), limits), seconds + SECONDS
    return trial.seen.requests, seconds


def _late(samples: int) -> float:
    """Return after how many seconds of total failure there is a breach, when all was well for long."""
    limits, trial, seconds = bounds(allowed=ALLOWED, alpha=ALPHA, samples=samples), Trial(), 0.0
    half = int(RATE * SECONDS / 2)
    for _ in range(int(CALM_SECONDS / SECONDS)):
        trial = trial.after(Share(half), Share(half), limits)
    while not _breach(trial, limits):
        trial, seconds = trial.after(Share(half, half), Share(half), limits), seconds + SECONDS
    return seconds


def _blamed(healthy: Healthy, samples: int, chance: Random) -> bool:
    limits, trial = bounds(allowed=healthy.allowed, alpha=ALPHA, samples=samples), Trial()
    mine, theirs = healthy.side(chance), healthy.side(chance)
    for _ in range(healthy.samples):
        trial = trial.after(mine.sample(), theirs.sample(), limits)
        if _breach(trial, limits):
            return True
    return False


def _breach(trial: Trial, limits: Bounds) -> bool:
    return trial.is_bad(limits) and trial.is_worse(limits)


def _divergence(share: float) -> float:
    """Return KL(share || allowed): no test needs fewer requests on average than log(1/alpha) over it."""
    good = (1 - share) * (log1p(-share) - log1p(-ALLOWED)) if share < 1 else 0.0
    return share * log(share / ALLOWED) + good


if __name__ == "__main__":
    print_and_keep("judge", "\n".join(lines()))
