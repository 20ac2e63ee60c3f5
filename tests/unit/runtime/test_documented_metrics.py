"""The page on observing lists every metric with its labels, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from tests.fakes.scraped import busy, scraped

PAGE = (Path(__file__).parents[3] / "docs" / "how-to" / "observe.md").read_text(encoding="utf-8")
_ROW = re.compile(r"^\| `(sluiceway_\w+)` \| (gauge|counter|histogram) \| ([^|]*) \| \S.* \|$", re.MULTILINE)


def documented() -> dict[str, tuple[str, set[str]]]:
    rows = _ROW.findall(PAGE)
    assert len(rows) == len({name for name, _, _ in rows}), "named twice"
    return {name: (kind, set(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}


def told() -> dict[str, tuple[str, set[str]]]:
    found = {}
    for metric in scraped(busy()).collect():
        if metric.name.startswith("sluiceway_"):
            name = f"{metric.name}_total" if metric.type == "counter" else metric.name
            labels = {label for each in metric.samples for label in each.labels} - {"le"}
            found[name] = (metric.type, labels)
    return found


def test_the_page_lists_every_metric_with_its_labels() -> None:
    assert documented() == told()
