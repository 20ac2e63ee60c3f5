"""The tables that `status` and `history` print."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError
from rich.table import Table
from rich.text import Text

from sluiceway.api.status import ModelDeploymentStatus
from sluiceway.build.objects import Object
from sluiceway.kubectl import marks


@dataclass(frozen=True)
class Row:
    """One ModelDeployment, as a list shows it."""

    namespace: str
    name: str
    ready: str
    serving: str
    candidate: str
    weight: int
    step: str
    reason: str
    created: str


def row_of(raw: Object) -> Row:
    """Read what a list shows, by the status alone: it can be told of a spec that nobody can read, too."""
    try:
        status = ModelDeploymentStatus.model_validate(raw.get("status") or {})
    except ValidationError:
        status = ModelDeploymentStatus()
    ready = next((each for each in status.conditions if each.type == "Ready"), None)
    current = status.observed_generation == raw["metadata"].get("generation")
    return Row(
        namespace=raw["metadata"]["namespace"],
        name=raw["metadata"]["name"],
        ready=(ready.status if current else "Unknown") if ready else "Unknown",
        serving=status.serving or "",
        candidate=status.candidate or "",
        weight=status.candidate_weight or 0,
        step=status.step or "",
        reason=(ready.reason if current else "Changed") if ready else "NotSeen",
        created=str(raw["metadata"].get("creationTimestamp", "")),
    )


def overview(rows: Iterable[Row], now: datetime, *, namespaces: bool) -> Table:
    """Return the table of all ModelDeployments."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    heads = ("NAME", "READY", "SERVING", "CANDIDATE", "WEIGHT", "STEP", "REASON", "AGE")
    for head in ("NAMESPACE", *heads) if namespaces else heads:
        table.add_column(head, justify="right" if head == "WEIGHT" else "left", overflow="fold")
    for row in rows:
        style = {"True": marks.GOOD, "False": marks.BAD}.get(row.ready, marks.BUSY)
        cells = (
            row.name,
            Text(row.ready, style),
            row.serving,
            row.candidate,
            f"{row.weight} %" if row.candidate else "",
            row.step,
            row.reason,
            age(row.created, now),
        )
        table.add_row(*((row.namespace, *cells) if namespaces else cells))
    return table


def age(since: str, now: datetime) -> str:
    """Return how long ago a time in RFC 3339 was, in its two largest units; "" without one."""
    if not since:
        return ""
    seconds = max(0, int((now - datetime.fromisoformat(since)).total_seconds()))
    units = (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1))
    parts: list[str] = []
    for unit, size in units:
        whole, seconds = divmod(seconds, size)
        if whole or (unit == "s" and not parts):
            parts.append(f"{whole}{unit}")
    return "".join(parts[:2])
