"""What became of every revision: `status.history`, and what is on record of those that it no longer lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError
from rich.table import Table
from rich.text import Text

from sluiceway.api.meta import ApiModel
from sluiceway.api.reasons import Reason
from sluiceway.core.memory import Outcome
from sluiceway.core.revision import Revision
from sluiceway.core.state import State
from sluiceway.kubectl import marks
from sluiceway.kubectl.seeing import source_of
from sluiceway.kubectl.snapshot import Snapshot

_STYLES = {"Serving": marks.GOOD, "Served": "", "Pending": marks.BUSY, "Superseded": marks.PLAIN}


class Entry(ApiModel):
    """One revision, and how its last attempt ended. Times are in RFC 3339, absent when there are none."""

    revision: str
    number: int
    image: str = ""
    model: str = ""
    attempt: int = 0
    outcome: str = "Pending"
    served_from: str | None = None
    served_until: str | None = None
    ended_at: str | None = None
    message: str = ""


@dataclass(frozen=True)
class Past:
    """The revisions on record, the newest first."""

    entries: tuple[Entry, ...]
    wanted: str


def past(snapshot: Snapshot) -> Past:
    """Return what is known of every revision on record."""
    state = State(snapshot.observed)
    told = {each.revision: each for each in _told(snapshot)}
    entries = (
        told.get(one.name) or _of_record(one, state.outcome(one.name), state) for one in state.recorded
    )
    newest_first = sorted(entries, key=lambda each: each.number, reverse=True)
    return Past(tuple(newest_first), state.wanted.name)


def _told(snapshot: Snapshot) -> Iterable[Entry]:
    try:
        given = (snapshot.raw.get("status") or {}).get("history") or ()
        return TypeAdapter(tuple[Entry, ...]).validate_python(given)
    except ValidationError:
        return ()


def _of_record(revision: Revision, outcome: Outcome | None, state: State) -> Entry:
    at = f"{outcome.at:%Y-%m-%dT%H:%M:%SZ}" if outcome and outcome.at else None
    served = outcome is not None and outcome.reason == Reason.SERVING
    serves = revision.name == state.memory.stable
    content = revision.data["content"]
    return Entry(
        revision=revision.name,
        number=revision.number,
        image=content["runtime"]["image"],
        model=source_of(content),
        attempt=outcome.attempt if outcome else 0,
        outcome=("Serving" if serves else "Served") if served else outcome.reason if outcome else "Pending",
        served_from=at if served else None,
        ended_at=None if served else at,
        message=outcome.message if outcome else "",
    )


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
