"""A rollout as `watch` shows it, look by look: an operator, users whose requests fail, what is counted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from itertools import cycle

from rich.console import Console, RenderableType

from sluiceway.kubectl.screen import screen
from sluiceway.kubectl.track import SAMPLES, Track
from sluiceway.kubectl.view import View
from tests.fakes.trials import NEXT, slo
from tests.fakes.users import every, inhabited, live
from tests.unit.kubectl.stories import view

WIDTH = 112
_TIDE = (100, 104, 110, 118, 124, 128, 126, 120, 112, 104, 96, 92, 90, 94)
"""Requests between two looks of the operator, as they come and go."""
_FAILS_AT = 50
STEPS = [{"weight": weight, "seconds": 30} for weight in (5, 25, 50, 100)]


@dataclass(frozen=True)
class Look:
    """What one look of `watch` found."""

    view: View
    track: Track
    at: datetime

    @property
    def screen(self) -> RenderableType:
        """What is on the screen."""
        return screen(self.view, self.track, f"{self.at:%H:%M:%S}Z")


def looks() -> Iterator[Look]:
    """Yield what `watch` shows of a rollout whose candidate begins to fail at half of the requests."""
    world, users = inhabited()
    world.apply(replicas=3)
    world.settle()
    world.apply(replicas=3, runtime=NEXT, rollout={"steps": STEPS}, slo=slo())
    track, tide = Track(), cycle(_TIDE)
    for _ in range(2 * SAMPLES):
        users.rate = next(tide)
        live(world, 1)
        seen = view(world)
        track = track.after(seen)
        yield Look(seen, track, world.now)
        if world.memory.weight == _FAILS_AT:
            users.ends[world.memory.candidate] = every(30)
        if seen.failed:
            return


def just_before_the_end() -> Look:
    """Return the last look at which the candidate still has requests."""
    return [look for look in looks() if look.view.step][-1]


def svg() -> str:
    """Return the picture of the README."""
    console = Console(file=StringIO(), width=WIDTH, record=True, highlight=False, force_terminal=True)
    console.print("[dim]$[/] kubectl sluiceway watch fraud -n models\n")
    console.print(just_before_the_end().screen)
    drawn = console.export_svg(title="kubectl sluiceway watch", unique_id="watch")
    # A picture in the repository loads nothing from elsewhere.
    return re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)
