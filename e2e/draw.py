"""The chart's Grafana dashboard without Grafana: its own queries, asked of a Prometheus, as one picture.

A substitute for looking at the dashboard where there is no Grafana. What it shows are the panels with their
titles, places, units and queries, and not Grafana's own rendering of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")

from matplotlib import dates
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter

DASHBOARD = Path(__file__).parents[1] / "charts" / "sluiceway" / "files" / "dashboard.json"
COLUMNS = 24
_INCHES_PER_COLUMN, _INCHES_PER_ROW = 0.7, 0.36
_POINTS = 300
_ROWS_OF_A_TABLE = 6
_HIDDEN = {"__name__", "instance", "job", "namespace", "name"}


@dataclass(frozen=True)
class Line:
    """One series of a panel: seconds since 1970, and values."""

    labels: Mapping[str, str]
    at: Sequence[float]
    values: Sequence[float]


@dataclass(frozen=True)
class Span:
    """What is drawn of time, in seconds since 1970."""

    since: float
    until: float

    @property
    def step(self) -> float:
        """Seconds between two points; no fewer than one."""
        return max(1.0, (self.until - self.since) / _POINTS)


Ask = Callable[[str, Span], Sequence[Line]]
"""Answers a query over a span of time."""


def draw(ask: Ask, span: Span, variables: Mapping[str, str], target: Path) -> None:
    """Draw all panels into the picture *target*; *variables* are the dashboard's, such as namespace."""
    board = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    panels = board["panels"]
    height = max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in panels)
    size = (COLUMNS * _INCHES_PER_COLUMN, height * _INCHES_PER_ROW)
    figure = plt.figure(figsize=size, dpi=110)
    known = {"__rate_interval": f"{max(5, round(4 * span.step))}s", **variables}
    for panel in panels:
        place = panel["gridPos"]
        x, w = (place["x"] + 0.9) / COLUMNS, (place["w"] - 1.4) / COLUMNS
        y, h = 1 - (place["y"] + place["h"] - 1.2) / height, (place["h"] - 2.4) / height
        if panel["type"] == "row":
            title = _filled(panel["title"], known)
            figure.text(0.5 / COLUMNS, 1 - (place["y"] + 0.7) / height, title, fontsize=13, weight="bold")
            continue
        axes = figure.add_axes((x, y, w, h))
        axes.set_title(panel["title"], fontsize=9, loc="left")
        found = [
            (target_, line)
            for target_ in panel["targets"]
            for line in ask(_filled(target_["expr"], known), span)
        ]
        _KINDS[panel["type"]](axes, panel, found, span)
    figure.savefig(target)
    plt.close(figure)


def _lines(axes: Axes, panel: Any, found: Sequence[tuple[Any, Line]], span: Span) -> None:
    defaults = panel["fieldConfig"]["defaults"]
    stacked = "stacking" in defaults["custom"]
    for target, line in sorted(found, key=lambda each: sorted(each[1].labels.items())):
        label = _legend(target["legendFormat"], line.labels)
        times = dates.date2num([datetime.fromtimestamp(at, UTC) for at in line.at])
        (drawn,) = axes.plot(times, line.values, linewidth=1.5, label=label or "value")
        if stacked:
            axes.fill_between(times, line.values, alpha=0.2, color=drawn.get_color())
    for step in defaults.get("thresholds", {}).get("steps", []):
        if step["value"] is not None:
            axes.axhline(step["value"], color=step["color"], linewidth=1, linestyle="--")
    axes.set_xlim(*dates.date2num([datetime.fromtimestamp(at, UTC) for at in (span.since, span.until)]))
    axes.set_ylim(bottom=defaults.get("min"), top=defaults.get("max", None) and defaults["max"] * 1.03)
    axes.xaxis.set_major_formatter(dates.DateFormatter("%H:%M:%S"))
    axes.xaxis.set_major_locator(mpl.ticker.MaxNLocator(4))
    if defaults["unit"] == "percentunit":
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.tick_params(labelsize=7)
    axes.grid(alpha=0.25)
    if found:
        axes.legend(fontsize=6.5, loc="best", framealpha=0.6)
    else:
        axes.text(0.5, 0.5, "No data", ha="center", va="center", transform=axes.transAxes, color="gray")


def _legend(text: str, labels: Mapping[str, str]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda found: labels.get(found[1], ""), text)


def _number(axes: Axes, panel: Any, found: Sequence[tuple[Any, Line]], _span: Span) -> None:
    unit = {"s": " s"}.get(panel["fieldConfig"]["defaults"]["unit"], "")
    text = f"{found[0][1].values[-1]:.3g}{unit}" if found else "No data"
    axes.axis("off")
    axes.text(0.5, 0.45, text, ha="center", va="center", fontsize=18, transform=axes.transAxes)


def _table(axes: Axes, _panel: Any, found: Sequence[tuple[Any, Line]], span: Span) -> None:
    """Draw what holds at the end."""
    axes.axis("off")
    now = [line.labels for _, line in found if line.at[-1] > span.until - 3 * span.step]
    columns = sorted({label for labels in now for label in labels} - _HIDDEN)
    if not now:
        axes.text(0.5, 0.5, "No data", ha="center", va="center", transform=axes.transAxes, color="gray")
        return
    cells = [[labels.get(column, "") for column in columns] for labels in now[:_ROWS_OF_A_TABLE]]
    drawn = axes.table(cellText=cells, colLabels=columns, loc="upper center", cellLoc="left")
    drawn.auto_set_font_size(value=False)
    drawn.set_fontsize(7)


_KINDS = {"timeseries": _lines, "stat": _number, "table": _table}


def _filled(text: str, variables: Mapping[str, str]) -> str:
    for name, value in variables.items():
        text = text.replace(f"${name}", value)
    return text
