"""What `watch` shows: a view and the last minute in, a renderable out."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from sluiceway.kubectl import marks
from sluiceway.kubectl.track import Line, Track, sparkline
from sluiceway.kubectl.tree import in_short, objective_line, steps
from sluiceway.kubectl.view import Revision, Step, View

_PLOT = 24
"""Characters of a plot of one minute."""


def screen(view: View, track: Track, at: str) -> RenderableType:
    """Return the whole screen; *at* is when it was looked, as people read it."""
    ready = view.condition("Ready")
    healthy = view.condition("CandidateHealthy")
    style = marks.GOOD if view.settled else marks.BAD if view.failed else marks.BUSY
    title = Text.assemble((view.name, "bold"), (f"  {view.namespace}  {at}", marks.PLAIN))
    if ready and view.up_to_date:
        title.append(f"  {ready.reason}", f"bold {style}")
    parts: list[RenderableType] = [title]
    if view.step:
        parts.append(_progress(view.step))
    parts += [Text(), _revisions(view, track)]
    objectives = [each for one in view.revisions for each in one.objectives]
    if objectives:
        head = f"objectives of {objectives[0].revision}"
        parts += [Text(), Text(head, marks.PLAIN), *(objective_line(each) for each in objectives)]
    said = [each.message for each in (ready, healthy) if each]
    if said:
        parts += [Text(), Text(in_short(said[0]))]
    if healthy and healthy.status == "False" and not objectives and healthy.message not in said[0]:
        parts.append(Text(in_short(healthy.message), marks.BAD))
    parts += [Text(f"note: {note}", marks.PLAIN) for note in view.notes]
    return Group(*parts)


def _progress(step: Step) -> RenderableType:
    line = Table.grid(padding=(0, 1))
    waits = step.gate or step.paused or not step.at
    bar = ProgressBar(
        total=max(1, step.seconds),
        completed=min(step.elapsed, step.seconds),
        width=_PLOT,
        pulse=False,
        complete_style=marks.BUSY if waits else "cyan",
        finished_style=marks.GOOD,
    )
    line.add_row(Text("step"), steps(step), bar)
    return line


def _revisions(view: View, track: Track) -> Table:
    table = Table(box=None, pad_edge=False, header_style=marks.PLAIN, padding=(0, 2, 0, 0))
    table.add_column("revision", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("share", justify="right", no_wrap=True)
    table.add_column("pods", justify="right", no_wrap=True)
    table.add_column("requests, last minute", no_wrap=True)
    table.add_column("bad", no_wrap=True)
    most = max((each or 0 for line in track.lines.values() for each in line.requests), default=0)
    worst = max((each or 0 for line in track.lines.values() for each in line.bad), default=0)
    for one in view.revisions:
        line = track.lines.get(one.name, Line())
        table.add_row(
            Text(one.name, marks.ROLES[one.role]),
            str(one.role),
            f"{one.weight} %",
            f"{one.ready}/{len(one.pods)}",
            _plot(line.requests, most, one.requests, "cyan"),
            _bad(line, worst, one),
        )
    return table


def _plot(values: tuple[int | None, ...], most: int, total: int | None, style: str) -> Text:
    if total is None and not any(each is not None for each in values):
        return Text("nobody counts", marks.PLAIN)
    return Text.assemble((sparkline(values, _PLOT, most), style), "" if total is None else f" {total}")


def _bad(line: Line, worst: int, one: Revision) -> Text:
    if one.requests is None and not any(each is not None for each in line.bad):
        return Text("")
    style = marks.BAD if any(line.bad) else marks.PLAIN
    return _plot(line.bad, worst, None if one.requests is None else one.bad or 0, style)
