"""Figures as rows of a table, taken on a cluster of their own and kept."""

from __future__ import annotations

import platform
from collections.abc import Callable
from datetime import datetime
from statistics import median

from e2e.cluster.progress import say
from e2e.documents import print_and_keep
from e2e.stage import Stage, ephemeral
from tests.support.cluster_view import View


def head(command: str, rounds: int) -> list[str]:
    """Return the first lines: what made the figures, when and where."""
    where = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    made = f"`{command}`, {rounds} rounds, {datetime.now():%Y-%m-%d}, {where}"  # noqa: DTZ005
    return [made, "", "| figure | min | median | max |", "|---|---|---|---|"]


def row(what: str, values: list[float]) -> str:
    """Return the row of a figure that was taken several times, or once."""
    if len(values) == 1:
        return f"| {what} | | {values[0]:.4g} | |"
    return f"| {what} | {min(values):.3g} | {median(values):.3g} | {max(values):.3g} |"


def measure(what: str, figures: Callable[[Stage, View], str]) -> None:
    """Take *figures* on a cluster with the claim `models`, print them, and keep them as *what* if given."""
    with ephemeral("bench") as stage:
        view = View(stage.cluster, "default")
        view.apply(*stage.claim("default", "models"))
        found = figures(stage, view)
    if what:
        print_and_keep(what, found)
    else:
        say(found)
