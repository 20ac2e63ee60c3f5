"""Evidence that may be looked at after every request: a test of counts that stops whenever it likes.

The null hypothesis says that the candidate is no worse than allowed. For each of several alternatives the
ratio of likelihoods is a supermartingale under it, and so is a mixture of them over alternatives and over
the moment at which things went bad. By Ville's inequality (1939) it ever reaches 1/alpha with a
probability of at most alpha, however often one looks, in batches of whatever size.

Mixtures: Robbins, "Statistical methods related to the law of the iterated logarithm", 1970. Their use on
counts of requests: Lindon, Sanden, Shirikian, "Rapid regression detection in software deployments through
sequential testing", KDD 2022. The moment is mixed so that a long good history does not blind the test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import exp, inf, log, log1p
from typing import Self

ALTERNATIVES = 14
"""More would cost evidence: each shares the weight with all others."""
_NEXT = 1.5
"""The alternative nearest to what is allowed, as its multiple."""
_LAST = 0.9
"""Beyond it one more alternative would be paid for by all, and save no request: total failure takes two."""
_FIRST_MOMENT = 0.8
"""Prior of "bad from the first tick on": the common case, which this decides with the fewest requests."""


@dataclass(frozen=True)
class Sequential:
    """Evidence so far, in natural logarithms and by alternative; `ticks` counts looks that saw requests."""

    ticks: int = 0
    sums: tuple[float, ...] = (-inf,) * ALTERNATIVES

    @property
    def evidence(self) -> float:
        """Log of the evidence against the null: it is refused at level alpha from -log(alpha) on."""
        highest = max(self.sums)
        if highest == -inf:
            return 0.0
        # All alternatives have the same weight. What may still begin to go bad counts as nothing.
        return highest + log(sum(exp(each - highest) for each in self.sums) / len(self.sums))

    def after(self, ratios: Sequence[float], most: float = inf) -> Self:
        """Return the evidence after one tick, of which *ratios* are the log-likelihood ratios.

        No alternative is remembered as more than *most*: less evidence than there is blames nobody wrongly.
        """
        tick = self.ticks + 1
        begun = log(_moment(tick))
        sums = (
            min(most, ratio + _log_of_sum(each, begun)) for ratio, each in zip(ratios, self.sums, strict=True)
        )
        return type(self)(tick, tuple(sums))


def absolute(allowed: float, requests: int, bad: int) -> tuple[float, ...]:
    """Return the ratios of a tick for the null "a share of at most *allowed* is bad".

    *allowed* is strictly between 0 and 2/3; *bad* of *requests* requests were bad.
    """
    return tuple(
        bad * log(each / allowed) + (requests - bad) * (log1p(-each) - log1p(-allowed))
        for each in _shares(allowed)
    )


def relative(tolerated: float, share: float, bad_candidate: int, bad_stable: int) -> tuple[float, ...]:
    """Return the ratios of a tick for the null "the odds of being bad are at most *tolerated* times theirs".

    They are those of the stable at the same time. *share* is the part of all requests of the tick that the
    candidate answered. Under the null the bad ones fall on it by a hypergeometric law (`core.pooled`); the
    binomial one used here is wider in convex order (Hoeffding, 1963), so that dividing by its moment
    generating function keeps a supermartingale. What is bad for both blames nobody.
    """
    pooled = bad_candidate + bad_stable
    return tuple(
        bad_candidate * log(each)
        - pooled * (log1p(share * (each * tolerated - 1)) - log1p(share * (tolerated - 1)))
        for each in multiples()
    )


def _moment(tick: int) -> float:
    """Return the prior of "bad since this tick"; over all ticks it sums to 1.

    It falls hardly faster than 1/tick, the least that any prior can: the logarithm of that is what a history
    of so many ticks costs.
    """
    return _FIRST_MOMENT if tick == 1 else (1 - _FIRST_MOMENT) * (_later(tick - 1) - _later(tick))


def _later(tick: int) -> float:
    """Return the part of the prior after the first tick that is left for what is later than *tick*."""
    return 1 / (1 + log(tick))


@cache
def _shares(allowed: float) -> tuple[float, ...]:
    """Return shares worse than allowed, even on the scale of log-odds."""
    low, high = _log_odds(_NEXT * allowed), _log_odds(_LAST)
    steps = (low + (high - low) * number / (ALTERNATIVES - 1) for number in range(ALTERNATIVES))
    return tuple(1 / (1 + exp(-each)) for each in steps)


@cache
def multiples() -> tuple[float, ...]:
    """Return odds ratios beyond the tolerated one, even on the logarithmic scale, up to a thousand."""
    low, high = log(_NEXT), log(1000)
    return tuple(exp(low + (high - low) * number / (ALTERNATIVES - 1)) for number in range(ALTERNATIVES))


def _log_odds(share: float) -> float:
    return log(share) - log1p(-share)


def _log_of_sum(one: float, other: float) -> float:
    """Return log(exp(one) + exp(other)) without leaving the logarithms."""
    low, high = sorted((one, other))
    return high + log1p(exp(low - high))
