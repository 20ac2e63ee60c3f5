"""`python -m e2e.counts`: every way in which a request fails, on the real pair; writes the table of it."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from e2e import scenario
from e2e.cluster.box import Box
from e2e.cluster.progress import say, step
from e2e.documents import keep
from e2e.guarded import faulty_pod, inside
from e2e.stage import ephemeral
from tests.support.cluster_view import View

Row = Mapping[str, Any]


def table(rows: list[Row]) -> str:
    """Return what was seen as Markdown."""
    where = f"{platform.system()} {platform.machine()}, Triton 2.51 on the CPU"
    lines = [
        f"`python -m e2e.counts`, {datetime.now():%Y-%m-%d}, {where}",  # noqa: DTZ005
        "",
        "| what happens | callers saw | Triton's counters | the guard's |",
        "|---|---|---|---|",
    ]
    for row in rows:
        sides = (_counts(row["triton"]), _counts(row["guard"]))
        lines.append(" | ".join([f"| {row['name']}", "; ".join(row["caller"]), *sides]) + " |")
    return "\n".join(lines)


def _counts(changes: Mapping[str, int]) -> str:
    return ", ".join(f"{name} +{count}" for name, count in sorted(changes.items())) or "nothing"


def main() -> None:
    """Measure, print, and keep the table in docs/measurements.md."""
    if scenario.OWN:
        raise SystemExit("counts: the models are written to our own cluster's disk: unset KUBECONFIG")
    with ephemeral("counts") as stage:
        assert isinstance(stage.cluster, Box)
        view = View(stage.cluster, "default")
        address = faulty_pod(stage, view)
        rows: list[Row] = []
        with step("requests that fail") as current:
            for row in inside(stage.cluster, "e2e.counted", address):
                current.detail = row["name"]
                rows.append(row)
    found = table(rows)
    say(found)
    keep("counts", found)


if __name__ == "__main__":
    main()
