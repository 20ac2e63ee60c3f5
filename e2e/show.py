"""The demo's rollout, told while it happens: the share asked for, the shares seen, failed requests."""

from __future__ import annotations

import threading
import time
from bisect import bisect
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

from rich.live import Live
from rich.table import Table

from e2e.callers import CALLERS
from e2e.client import Example
from e2e.cluster.progress import console, say
from e2e.load import Answer, Load
from e2e.rolling import Rolling
from e2e.shares import Change, changes

AFTER_SECONDS = 4.0
"""How long the load goes on when the new revision has all requests."""
_DEADLINE_SECONDS = 180.0
_REFRESH_SECONDS = 0.25
_SETTLE_SECONDS = 0.2
_COLUMNS = ("after", "asked for", "HTTP got", "gRPC got", "requests", "failed")


@dataclass
class Stretch:
    """What callers got while the share stayed as it is."""

    since: float
    """Seconds after the revision was asked for."""
    percent: int
    seen: Counter[tuple[str, bool]] = field(default_factory=Counter)
    """Answers by protocol, and by whether the new revision gave them."""
    failed: int = 0

    @property
    def cells(self) -> tuple[str, ...]:
        """The line of the table, as `_COLUMNS` says."""
        shares = (self._share("http"), self._share("grpc"))
        requests = self.seen.total() + self.failed
        return f"{self.since:.1f} s", f"{self.percent} %", *shares, f"{requests:,}", f"{self.failed}"

    def _share(self, protocol: str) -> str:
        new, old = self.seen[protocol, True], self.seen[protocol, False]
        return f"{100 * new / (new + old):.1f} %" if new + old else "-"


def stretches(answers: Sequence[Answer], route: Sequence[Change], path: str, began: float) -> list[Stretch]:
    """Return what callers got of the model at *path* since *began*, a stretch for each share of it."""
    later = [change for change in route if change.at > began]
    starts = [began, *(change.at for change in later)]
    shares = [0, *(change.percent.get(path, 0) for change in later)]
    found = [Stretch(start - began, percent) for start, percent in zip(starts, shares, strict=True)]
    for answer in answers:
        # What is sent within a moment of a change belongs to neither side.
        if (place := bisect(starts, answer.sent)) and answer.sent > starts[place - 1] + _SETTLE_SECONDS:
            if answer.failure:
                found[place - 1].failed += 1
            else:
                found[place - 1].seen[answer.protocol, answer.label == path] += 1
    return found


def show(rolling: Rolling, examples: Mapping[str, Example], path: str) -> str:
    """Let the model at *path* take over under load and print what callers get; return the revision's name.

    :raises AssertionError: when a request failed, or when it did not take over in time.
    """
    with Load(rolling.caller, examples) as load:
        began = time.time()
        candidate = rolling.apply(path)

        def so_far() -> list[Stretch]:
            return stretches(load.answers, changes(rolling.route.heard, rolling.label_of), path, began)

        live = Live(console=console, get_renderable=lambda: _table(so_far())) if console.is_terminal else None
        told = 0
        with live or nullcontext():
            while not _over(found := so_far(), time.time() - began):
                told = told if live else _tell(found[:-1], told)
                assert time.time() - began < _DEADLINE_SECONDS, (
                    f"{candidate} did not take over: {rolling.status}"
                )
                threading.Event().wait(_REFRESH_SECONDS)
        if not live:
            _tell(found, told)
    failed = len(load.failures)
    say(f"{len(load.answers):,} requests, {load.rate:.0f}/s by {CALLERS} kept-alive callers: {failed} failed")
    assert not failed, load.failures[:5]
    return candidate


def _over(found: Sequence[Stretch], now: float) -> bool:
    return found[-1].percent == 100 and now - found[-1].since > AFTER_SECONDS


def _tell(found: Sequence[Stretch], told: int) -> int:
    """Print a line for each stretch that is not told yet; return how many are."""
    for stretch in found[told:]:
        say("  " + " · ".join(f"{name} {cell}" for name, cell in zip(_COLUMNS, stretch.cells, strict=True)))
    return len(found)


def _table(found: Sequence[Stretch]) -> Table:
    table = Table(*_COLUMNS)
    for column in table.columns:
        column.justify = "right"
    for stretch in found:
        table.add_row(*stretch.cells)
    return table
