"""Do callers get a revision as often as the route says? Counted in windows in which no weight changed.

A gateway draws the backend of every request anew, so the counts are binomial. The bound is Chernoff's as
Hoeffding gives it (1963, theorem 1): of n draws with probability p, a share of q or more is seen with a
probability of at most exp(-n D(q, p)), where D is the relative entropy; for q below p likewise. It holds
for every n, so nothing has to be approximated where a window is short.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from e2e.load import Answer
from e2e.watching import Heard
from sluiceway.core.state import weights_of

FALSE_ALARM = 1e-6
"""Probability of any complaint about a gateway that does as it is told, all counts of a test together."""
SETTLE_SECONDS = 1.0
"""From a change of the route until it holds for every request, on a machine that does everything at once."""
LEAD_SECONDS = 0.3
"""By so much the gateway may have heard of a change before we did."""


@dataclass(frozen=True)
class Change:
    """From a moment on, in seconds since the epoch, each label was to get so many percent."""

    at: float
    percent: Mapping[str, int]


@dataclass(frozen=True)
class Count:
    """How many of the answers were of one label, while it was to get *percent* of the requests."""

    label: str
    protocol: str
    percent: int
    hits: int
    total: int

    def __str__(self) -> str:
        share = f"{self.hits / self.total:.1%}" if self.total else "none"
        return f"{self.label} {self.protocol}: {self.hits} of {self.total} ({share}) at weight {self.percent}"


def changes(route: Iterable[Heard], label_of: Mapping[str, str]) -> list[Change]:
    """Return how the weights changed, by the label of each revision; other changes are left out."""
    found: list[Change] = []
    for heard in route:
        percent: Counter[str] = Counter()
        for revision, weight in weights_of(heard.obj).items():
            percent[label_of[revision]] += weight
        if not found or percent != found[-1].percent:
            found.append(Change(heard.at, percent))
    return found


def counts(answers: Sequence[Answer], changes: Sequence[Change], labels: Iterable[str]) -> list[Count]:
    """Count in each window, for each label and protocol; the last change only ends a window."""
    found = []
    for change, following in pairwise(changes):
        since, until = change.at + SETTLE_SECONDS, following.at - LEAD_SECONDS
        within = [answer for answer in answers if answer.sent >= since and answer.received <= until]
        for protocol in ("http", "grpc"):
            seen = Counter(answer.label for answer in within if answer.protocol == protocol)
            found += [
                Count(label, protocol, change.percent.get(label, 0), seen[label], seen.total())
                for label in labels
            ]
    return [count for count in found if count.total]


def lateness(answers: Sequence[Answer], changes: Sequence[Change]) -> list[float]:
    """Return for how long, in seconds, a label still got requests after each change that took them all."""
    found = []
    for before, change in pairwise(changes):
        for label in (label for label, share in before.percent.items() if share):
            if not change.percent.get(label):
                since = [answer.sent - change.at for answer in answers if answer.label == label]
                found.append(max((each for each in since if 0 < each < SETTLE_SECONDS), default=0.0))
    return found


def pooled(given: Iterable[Count]) -> list[Count]:
    """Add up the counts of equal label, protocol and weight: a small bias shows only in many requests."""
    sums: defaultdict[tuple[str, str, int], list[int]] = defaultdict(lambda: [0, 0])
    for count in given:
        key = (count.label, count.protocol, count.percent)
        sums[key] = [sums[key][0] + count.hits, sums[key][1] + count.total]
    return [Count(*key, hits, total) for key, (hits, total) in sums.items()]


def improbable(given: Sequence[Count]) -> list[Count]:
    """Return the counts that a gateway which does as it is told gives with less than `FALSE_ALARM`.

    Each count has two sides on which it may be wrong, and all of them share the probability equally.
    """
    limit = math.log(2 * len(given) / FALSE_ALARM) if given else 0.0
    return [
        count
        for count in given
        if count.total * _relative_entropy(count.hits / count.total, count.percent / 100) > limit
    ]


def _relative_entropy(seen: float, wanted: float) -> float:
    parts = ((seen, wanted), (1 - seen, 1 - wanted))
    if any(share and not probability for share, probability in parts):
        return math.inf
    return sum(share * math.log(share / probability) for share, probability in parts if share)
