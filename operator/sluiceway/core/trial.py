"""One objective on trial: the evidence that a revision breaks it, sample by sample."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import ceil, inf, log
from typing import Self

from sluiceway.core.objectives import Share
from sluiceway.core.pooled import ratios
from sluiceway.core.sequential import ALTERNATIVES, Sequential, absolute

_SLACK = 0.5
_ENOUGH_OF_STABLE = 10
"""A comparison needs requests to both: it waits until the other one has had so many."""


@dataclass(frozen=True)
class Bounds:
    """What is allowed to an objective, and what it takes to say that it is broken.

    Per sample the evidence is cut off at `most`. That keeps the test valid, since it can only lower the
    likelihood ratios, and it means that a hiccup of fewer samples never suffices, however many requests it
    hits.
    """

    allowed: float | None
    """Share of requests that may be bad; None where only the comparison counts."""
    tolerated: float
    """How many times the other one's odds of being bad are tolerated."""
    enough: float
    """Log of the evidence that suffices."""
    most: float = inf
    """Most that one sample may count for, as a logarithm."""

    @property
    def ceiling(self) -> float:
        """Most that is remembered for one alternative.

        It suffices on its own. With more, what went wrong would go on being told long after it was mended.
        """
        return self.enough + log(ALTERNATIVES) + _SLACK


def bounds(*, allowed: float | None, alpha: float, samples: int) -> Bounds:
    """Return the bounds for a false alarm with a probability of at most *alpha*, in *samples* or more."""
    enough = -log(alpha)
    most = enough / (samples - 1) if samples > 1 else inf
    return Bounds(allowed, 1.0 if allowed is not None else 2.0, enough, most)


@dataclass(frozen=True)
class Trial:
    """What is known of one objective since the first request to the revision."""

    seen: Share = field(default_factory=Share)
    others: Share = field(default_factory=Share)
    """The same of the revision that it is compared with, while it had requests."""
    lately: Share = field(default_factory=Share)
    """Since the evidence began to rise: what to tell people."""
    others_lately: Share = field(default_factory=Share)
    absolute: Sequential = field(default_factory=Sequential)
    relative: Sequential = field(default_factory=Sequential)
    mine: Share = field(default_factory=Share)
    """What waits to be compared."""
    theirs: Share = field(default_factory=Share)
    theirs_before: Share | None = None
    """What the other one had in the last comparison."""

    def after(self, mine: Share, theirs: Share | None, limits: Bounds, pace: float = 1.0) -> Self:
        """Return the trial after one sample; *theirs* is None when there is nobody to compare with.

        Args:
            mine: what came to the revision since the last sample.
            theirs: what came to the other one.
            limits: what is allowed.
            pace: time between the looks at the revision as a share of that between those at the other one;
                at most 1.
        """
        alone = self.alone(mine, limits) if mine.requests else self
        return alone if theirs is None else alone.beside(mine, theirs, limits, pace)

    def is_bad(self, limits: Bounds) -> bool:
        """Tell whether more is bad than the objective allows."""
        return limits.allowed is not None and self.absolute.evidence >= limits.enough

    def is_worse(self, limits: Bounds) -> bool:
        """Tell whether more is bad than with the other revision at the same time."""
        return self.relative.evidence >= limits.enough

    def alone(self, mine: Share, limits: Bounds) -> Self:
        """Return the trial after requests to the revision, against what the objective allows."""
        seen = self.seen + mine
        if limits.allowed is None:
            return replace(self, seen=seen, lately=seen, others_lately=self.others)
        quiet = self.absolute.evidence <= 0
        against = absolute(limits.allowed, mine.requests, mine.bad)
        return replace(
            self,
            seen=seen,
            lately=mine if quiet else self.lately + mine,
            others_lately=Share() if quiet else self.others_lately,
            absolute=self.absolute.after(_cut(against, limits.most), limits.ceiling),
        )

    def beside(self, mine: Share, theirs: Share, limits: Bounds, pace: float = 1.0) -> Self:
        """Return the trial after requests to both, once there are enough to compare."""
        known = replace(
            self,
            others=self.others + theirs,
            others_lately=self.others_lately + theirs,
            mine=self.mine + mine,
            # Of a longer time there are more requests: as many count as came in the time of mine.
            theirs=self.theirs + Share(ceil(theirs.requests * pace), theirs.bad),
        )
        if known.theirs.requests < _ENOUGH_OF_STABLE:
            return known
        begun = replace(known, mine=Share(), theirs=Share(), theirs_before=known.theirs)
        if known.theirs_before is None:
            return begun
        theirs = _around(known.mine, known.theirs_before, known.theirs)
        return replace(begun, relative=_compared(known.relative, known.mine, theirs, limits))


def _around(mine: Share, before: Share, now: Share) -> Share:
    """Return the other one's share that *mine* is compared with.

    Both are never read at the same moment. Of the other one, the interval before this one and this one cover
    all of mine, so that what hit both is among them whenever it was. More bad ones of the other one, and
    fewer of its requests, are less evidence: the test stays valid for those of this interval alone.
    """
    requests = min(before.requests, now.requests)
    return Share(requests, before.bad + now.bad if mine.bad else now.bad)


def _compared(evidence: Sequential, mine: Share, theirs: Share, limits: Bounds) -> Sequential:
    if not mine.bad and not theirs.bad:
        return evidence
    return evidence.after(_cut(ratios(limits.tolerated, mine, theirs), limits.most), limits.ceiling)


def _cut(found: tuple[float, ...], most: float) -> tuple[float, ...]:
    return tuple(min(each, most) for each in found)
