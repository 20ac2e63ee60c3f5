"""Attempts of a revision that were taken back, as figures: how soon, and what callers saw of them."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import quantiles

from e2e import breach
from e2e.load import Load
from e2e.rolling import Rolling
from e2e.shares import LEAD_SECONDS, SETTLE_SECONDS
from tests.support.poll import eventually


@dataclass(frozen=True)
class Attempt:
    """One attempt. Seconds, the first two from the first bad answer that a caller had."""

    to_weight_0: float
    to_last: float
    """To the last bad answer."""
    bad: int
    """Answers."""
    from_enough: float
    """From the last bad answer that the decision counts to weight 0: reading, deciding, writing."""


def taken_back(rolling: Rolling, load: Load, candidate: str, number: int) -> Attempt:
    """Wait until attempt *number* is over, told, and no caller notices it any more."""

    def over() -> breach.Share | None:
        taken = breach.shares(rolling.route.heard, candidate)
        return next((one for one in taken if one.outcome and one.outcome.attempt == number), None)

    share = rolling.eventually(f"attempt {number} is taken back", over)
    rolling.eventually("that is told", lambda: rolling.says("Stalled", "True", "RolledBack"))
    eventually("others answer", lambda: load.answers[-1].sent > share.until + SETTLE_SECONDS)
    assert share.outcome
    bad = [one.received for one in breach.bad(load.answers) if one.sent > share.since - LEAD_SECONDS]
    # Metrics that are read seldom count requests of the attempt before as well, when it ended a moment ago.
    enough = bad[min(breach.Said.of(share.outcome.message).bad, len(bad)) - 1]
    return Attempt(share.until - bad[0], bad[-1] - bad[0], len(bad), share.until - enough)


def table(command: str, found: Mapping[str, Sequence[Attempt]]) -> Iterator[str]:
    """Return Markdown: a row for each of the ways, with what its attempts took."""
    yield (
        f"`{command}`, {datetime.now():%Y-%m-%d}, {platform.system()} {platform.machine()};"  # noqa: DTZ005
        " p50 / p95 / most"
    )
    yield (
        "\n| | runs | from the first bad answer to weight 0, s | to the last bad one, s | bad answers |"
        " from enough of them to weight 0, s |"
    )
    yield "|---|---|---|---|---|---|"
    for way, attempts in found.items():
        figures = (
            [each.to_weight_0 for each in attempts],
            [each.to_last for each in attempts],
            [float(each.bad) for each in attempts],
            [each.from_enough for each in attempts],
        )
        yield f"| {way} | {len(attempts)} | {' | '.join(map(_spread, figures))} |"


def _spread(values: list[float]) -> str:
    """Return the median, the 95th percentile and the largest of two values or more."""
    steps = quantiles(values, n=20, method="inclusive")
    return f"{steps[9]:.3g} / {steps[18]:.3g} / {max(values):.3g}"
