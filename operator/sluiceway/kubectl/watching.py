"""`watch`: look again every second, until a person or the state of things ends it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

from rich.console import Console
from rich.live import Live as Screen
from rich.text import Text

from sluiceway.kubectl.fetching import now, seen
from sluiceway.kubectl.live import Operator
from sluiceway.kubectl.problems import Exit, Problem
from sluiceway.kubectl.screen import screen
from sluiceway.kubectl.session import Session
from sluiceway.kubectl.track import Track
from sluiceway.kubectl.tree import in_short
from sluiceway.kubectl.view import View
from sluiceway.ports import Unavailable

_EVERY_SECONDS = 1.0
_DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:]+Z|\d+(?= (?:of|requests))")
"""What changes in a message while nothing happens."""


@dataclass(frozen=True)
class Until:
    """What ends a watch, beside Ctrl-C."""

    settled: bool = False
    seconds: float | None = None


def seconds_of(text: str) -> float:
    """Return the seconds of a duration such as 90s, 30m or 1h30m.

    :raises ValueError: when it is none.
    """
    found = _DURATION.fullmatch(text)
    if not text or found is None:
        raise ValueError(f"{text!r} is no duration: write 90s, 30m or 1h30m")
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return float(3600 * hours + 60 * minutes + seconds)


async def watch(session: Session, name: str, until: Until, console: Console) -> Exit:
    """Show a ModelDeployment until *until*; draw on a terminal, write a line per change elsewhere."""
    show = _drawn if console.is_terminal else _told
    try:
        async with asyncio.timeout(until.seconds):
            return await show(session, name, until, console)
    except TimeoutError:
        return Exit.NOT_SETTLED


async def _drawn(session: Session, name: str, until: Until, console: Console) -> Exit:
    track = Track()
    with Screen(console=console, auto_refresh=False, vertical_overflow="visible") as drawn:
        async for view in _views(session, name):
            track = track.after(view)
            drawn.update(screen(view, track, f"{now():%H:%M:%S}Z"), refresh=True)
            if (ended := _ended(view, until)) is not None:
                return ended
    return Exit.FINE


async def _told(session: Session, name: str, until: Until, console: Console) -> Exit:
    before = ""
    async for view in _views(session, name):
        line = _line(view)
        if (said := _TIME.sub("", line)) != before:
            console.print(Text(f"{now():%H:%M:%S}Z {line}"), soft_wrap=True)
            before = said
        if (ended := _ended(view, until)) is not None:
            return ended
    return Exit.FINE


async def _views(session: Session, name: str) -> AsyncIterator[View]:
    """Yield what is seen, a look a second; while the API server is away, what was seen last."""
    operator = Operator(session.cluster)
    last: View | None = None
    while True:
        try:
            last = await seen(session, operator, name)
            yield last
        except Unavailable as error:
            if last is None:
                raise
            # What was seen last says nothing of now: it ends no watch.
            yield replace(last, up_to_date=False, notes=(f"not seen now, trying again: {error}",))
        await asyncio.sleep(_EVERY_SECONDS)


def _ended(view: View, until: Until) -> Exit | None:
    """Return how the watch ends with this view, None while it goes on."""
    if not until.settled:
        return None
    return Exit.FINE if view.settled else Exit.NO if view.failed else None


def _line(view: View) -> str:
    ready = view.condition("Ready")
    if ready is None:
        return f"{view.name}: {'; '.join(view.notes)}"
    shares = ", ".join(f"{one.name} {one.weight} %" for one in view.revisions if one.weight)
    notes = "" if view.up_to_date else " (the operator has not looked at the new spec yet)"
    return f"{ready.reason}{notes} [{shares}] {in_short(ready.message)}"


def problem(code: Exit, name: str, timeout: str) -> Problem | None:
    """Return what to say at the end of a watch, None when all is well."""
    match code:
        case Exit.NO:
            return Problem(f"{name} needs help: `kubectl sluiceway status {name}` says with what")
        case Exit.NOT_SETTLED:
            return Problem(f"{name} has not settled within {timeout}", Exit.NOT_SETTLED)
        case _:
            return None
