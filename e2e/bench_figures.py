"""Figures as rows of a table."""

from __future__ import annotations

import platform
from datetime import datetime
from statistics import median


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
