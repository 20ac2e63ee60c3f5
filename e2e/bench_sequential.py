"""`python -m e2e.bench_sequential`: how many requests the sequential test needs, and how often it is wrong.

No cluster is needed: requests are played, each of them a look of its own for the mean number of requests.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import log
from random import Random

from e2e.documents import print_and_keep
from sluiceway.core.sequential import Sequential, absolute

ALLOWED = 0.005
ALPHA = 0.001
MULTIPLES = (2, 4, 10, 20, 40, 100, 200)
RUNS = 500
CALM_TICKS, CALM_REQUESTS, CALM_BAD = 600, 1000, 1
ROLLOUTS, TICKS, REQUESTS = 10_000, 120, 50
SEED = 20261121


def lines() -> Iterator[str]:
    """Yield the figures as Markdown."""
    chance = Random(SEED)  # noqa: S311 - plays requests
    yield f"`python -m e2e.bench_sequential`: at most {ALLOWED:.1%} bad allowed, alpha {ALPHA:.1%}"
    yield ""
    yield f"| share of bad requests | mean requests to a breach, {RUNS} runs | bound | ratio |"
    yield "|---|---|---|---|"
    for multiple in MULTIPLES:
        share = multiple * ALLOWED
        mean = sum(_needed(Sequential(), share, chance) for _ in range(RUNS)) / RUNS
        bound = log(1 / ALPHA) / _divergence(share)
        yield f"| {share:.1%} | {mean:.1f} | {bound:.1f} | {mean / bound:.2f} |"
    calm = Sequential()
    for _ in range(CALM_TICKS):
        calm = calm.after(absolute(ALLOWED, CALM_REQUESTS, CALM_BAD))
    yield ""
    total = CALM_TICKS * CALM_REQUESTS
    after = sum(_needed(calm, 0.1, chance) for _ in range(RUNS)) / RUNS
    yield (
        f"After {total:,} requests of which {CALM_BAD / CALM_REQUESTS:.1%} were bad, a total failure is a"
        f" breach with {_needed(calm, 1.0, chance)} requests, 10 % bad with {after:.0f} (mean of {RUNS})."
    )
    blamed = sum(_blamed(chance) for _ in range(ROLLOUTS))
    yield (
        f"Of {ROLLOUTS:,} healthy rollouts of {TICKS * REQUESTS:,} requests, {ALLOWED:.1%} bad on average,"
        f" looked at {TICKS} times, {blamed} were taken back ({blamed / ROLLOUTS:.2%})."
    )


def _needed(evidence: Sequential, share: float, chance: Random) -> int:
    """Return with how many requests there is a breach."""
    requests = 0
    while evidence.evidence < log(1 / ALPHA):
        requests += 1
        evidence = evidence.after(absolute(ALLOWED, 1, int(chance.random() < share)))
    return requests


def _blamed(chance: Random) -> bool:
    evidence = Sequential()
    for _ in range(TICKS):
        bad = sum(chance.random() < ALLOWED for _ in range(REQUESTS))
        evidence = evidence.after(absolute(ALLOWED, REQUESTS, bad))
        if evidence.evidence >= log(1 / ALPHA):
            return True
    return False


def _divergence(share: float) -> float:
    """Return KL(share || allowed): no test needs fewer requests on average than log(1/alpha) over it."""
    good = (1 - share) * log((1 - share) / (1 - ALLOWED)) if share < 1 else 0.0
    return share * log(share / ALLOWED) + good


if __name__ == "__main__":
    print_and_keep("sequential", "\n".join(lines()))
