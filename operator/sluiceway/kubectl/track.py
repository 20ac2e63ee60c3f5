"""The last minute, second by second: what came since the look before, per revision. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sluiceway.kubectl.view import View

SAMPLES = 60
_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class Line:
    """Requests of one revision per look, and bad ones, oldest first; None where nobody counted."""

    seen: tuple[int, int] | None = None
    requests: tuple[int | None, ...] = ()
    bad: tuple[int | None, ...] = ()

    def after(self, requests: int | None, bad: int | None) -> Line:
        """Return the line with one more look."""
        if requests is None:
            return Line(None, _kept(self.requests, None), _kept(self.bad, None))
        now = (requests, bad or 0)
        came: tuple[int | None, int | None] = (None, None)
        # Counts begin anew with every case: then what there is came since.
        if self.seen:
            before = self.seen if self.seen[0] <= now[0] and self.seen[1] <= now[1] else (0, 0)
            came = (now[0] - before[0], now[1] - before[1])
        return Line(now, _kept(self.requests, came[0]), _kept(self.bad, came[1]))


@dataclass(frozen=True)
class Track:
    """What was seen since `watch` began, up to a minute ago."""

    lines: Mapping[str, Line] = field(default_factory=dict)

    def after(self, view: View) -> Track:
        """Return the track with one more look."""
        return Track(
            {
                one.name: self.lines.get(one.name, Line()).after(one.requests, one.bad)
                for one in view.revisions
            }
        )


def _kept(values: tuple[int | None, ...], new: int | None) -> tuple[int | None, ...]:
    return (*values, new)[-SAMPLES:]


def sparkline(values: Sequence[int | None], width: int, most: int) -> str:
    """Return a plot of *width* characters, one for each share of the samples; *most* is as high as it gets.

    Nothing stands where nobody counted, and something as soon as there was one: a single bad request is
    not to be overlooked.
    """
    found = []
    shown = (None,) * (SAMPLES - len(values)) + tuple(values)
    for number in range(width):
        part = shown[number * SAMPLES // width : (number + 1) * SAMPLES // width]
        known = [each for each in part if each is not None]
        height = max(known, default=0)
        level = -(-height * (len(_BARS) - 1) // most) if most else 0
        found.append(_BARS[min(level, len(_BARS) - 1)] if known else " ")
    return "".join(found)
