"""What became of every revision: `status.history`, and what is on record of those that it no longer lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rich.table import Table
from rich.text import Text

from sluiceway.api.history import Entry
from sluiceway.api.reasons import Reason
from sluiceway.core.history import described, ended
from sluiceway.core.revision import Revision
from sluiceway.core.state import State
from sluiceway.kubectl import marks
from sluiceway.kubectl.snapshot import Snapshot

_STYLES = {"Serving": marks.GOOD, "Served": "", "Pending": marks.BUSY, "Superseded": marks.PLAIN}


@dataclass(frozen=True)
class Past:
    """The revisions on record, the newest first."""

    entries: tuple[Entry, ...]
    wanted: str


def past(snapshot: Snapshot) -> Past:
    """Return what is known of every revision on record."""
    state = State(snapshot.observed)
    told = {each.revision: each for each in state.owner.status.history}
    entries = (told.get(one.name) or _of_record(one, state) for one in state.recorded)
    newest_first = sorted(entries, key=lambda each: each.number, reverse=True)
    return Past(tuple(newest_first), state.wanted.name)


def _of_record(revision: Revision, state: State) -> Entry:
    """Return what the record of a revision tells: the status lists the latest only."""
    known = state.outcome(revision.name)
    if known is None:
        return described(revision, None, Reason.PENDING)
    serves = revision.name == state.memory.stable
    return described(revision, known, Reason.SERVING) if serves else ended(revision, known)


def history_table(found: Past) -> Table:
    """Return the table of revisions."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("#", justify="right")
    for head in ("REVISION", "OUTCOME", "SERVED"):
        table.add_column(head, no_wrap=True)
    table.add_column("IMAGE, MODEL, WHY IT ENDED", overflow="fold")
    for each in found.entries:
        mark = " ←" if each.revision == found.wanted else ""
        table.add_row(
            str(each.number),
            f"{each.revision}{mark}",
            Text(each.outcome, _STYLES.get(each.outcome, marks.BAD)),
            "\n".join(_served(each)),
            "\n".join(filter(None, (f"{each.image} {each.model}", each.message))),
        )
    table.caption = "← the spec asks for it"
    table.caption_justify = "left"
    return table


def _served(each: Entry) -> Iterator[str]:
    if each.served_from:
        yield f"from {each.served_from}"
    if each.served_until:
        yield f"to   {each.served_until}"
    if each.ended_at and each.ended_at != each.served_until:
        yield f"end  {each.ended_at}"
