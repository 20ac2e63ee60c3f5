"""How the bad requests of two revisions fall on them: what a comparison at the same moment builds on.

Whatever the cause that both share, whenever it strikes within the interval: who of the callers is led to
whom is chance, so that under the null the bad ones fall on the candidate by a hypergeometric law (Fisher's
noncentral one where multiples of the odds are tolerated). That law is known without the true rate.
"""

from __future__ import annotations

from itertools import accumulate
from math import exp, log

from sluiceway.core.objectives import Share
from sluiceway.core.sequential import multiples, relative

_MOST_COUNTED = 64
"""Of more bad requests than these the wider law tells enough, and a look stays cheap."""


def ratios(tolerated: float, mine: Share, theirs: Share) -> tuple[float, ...]:
    """Return the log-likelihood ratios for the null "the odds are at most *tolerated* times theirs".

    The exact law where it can be had, else the wider one of `relative`, which is never more evidence. So
    more bad ones of theirs, or fewer requests, are never more evidence either, even if there are more bad
    ones than requests: a comparison may be given such numbers for caution's sake.
    """
    pooled = mine.bad + theirs.bad
    if pooled > _MOST_COUNTED or theirs.bad > theirs.requests:
        part = mine.requests / (mine.requests + theirs.requests)
        return relative(tolerated, part, mine.bad, theirs.bad)
    chances = _chances(tolerated, mine.requests, theirs.requests, pooled)
    return tuple(
        mine.bad * log(each) - log(sum(chance * each**number for number, chance in chances))
        for each in multiples()
    )


def _chances(tolerated: float, mine: int, theirs: int, pooled: int) -> list[tuple[int, float]]:
    """Return with which probability how many of the *pooled* bad requests are among *mine*."""
    numbers = range(max(0, pooled - theirs), min(mine, pooled) + 1)
    # From one number to the next in logarithms: the products leave the range of floats.
    steps = (
        log(tolerated * (mine - each) * (pooled - each) / ((each + 1) * (theirs - pooled + each + 1)))
        for each in numbers[:-1]
    )
    logs = list(accumulate(steps, initial=0.0))
    highest = max(logs)
    weights = [exp(each - highest) for each in logs]
    total = sum(weights)
    return [(number, weight / total) for number, weight in zip(numbers, weights, strict=True)]
