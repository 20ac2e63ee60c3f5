"""What differs between two revisions: the snapshots in their ControllerRevisions, as YAML."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

import yaml
from rich.text import Text

from sluiceway.core.revision import Revision
from sluiceway.kubectl import marks

_STYLES = {"+": marks.GOOD, "-": marks.BAD, "@": "cyan"}


def difference(before: Revision, after: Revision) -> str:
    """Return a unified diff, "" when both are the same."""
    names = (f"{before.name} (revision {before.number})", f"{after.name} (revision {after.number})")
    lines = unified_diff(_lines(before), _lines(after), *names, n=3)
    return "".join(lines)


def coloured(diff: str) -> Text:
    """Return a diff in the colours that people know."""
    found = Text()
    for line in diff.splitlines(keepends=True):
        found.append(line, _STYLES.get(line[0], "") if not line.startswith(("+++", "---")) else "bold")
    found.rstrip()
    return found


def _lines(revision: Revision) -> list[str]:
    content = {key: value for key, value in revision.data["content"].items() if key != "schema"}
    text: str = yaml.safe_dump(content, sort_keys=True, allow_unicode=True, width=110)
    return text.splitlines(keepends=True)


def changed(before: Revision, after: Revision) -> Iterator[str]:
    """Yield the fields that differ, by their paths."""
    yield from _paths(before.data["content"], after.data["content"], "")


def _paths(before: object, after: object, at: str) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            yield from _paths(before.get(key), after.get(key), f"{at}.{key}")
    elif before != after:
        yield at.lstrip(".")
