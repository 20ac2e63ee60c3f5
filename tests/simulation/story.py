"""What happened, line by line: when, who, what. Revisions are called by letters, in their order."""

from __future__ import annotations

import re
from datetime import datetime

from tests.fakes.objects import NAME, NOW
from tests.simulation.history import Change
from tests.simulation.lines import line

_REVISION = re.compile(rf"\b{NAME}-[0-9a-f]{{5,10}}\b")


class Story:
    """The lines so far."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._letters: dict[str, str] = {}

    def __str__(self) -> str:
        """Return the whole text."""
        return "".join(f"{line}\n" for line in self._lines)

    def forget(self) -> None:
        """Begin anew; the letters stay."""
        self._lines.clear()

    def tell(self, now: datetime, actor: str, what: str) -> None:
        """Add a line."""
        minutes, seconds = divmod(int((now - NOW).total_seconds()), 60)
        when = f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"
        self._lines.append(f"{when} {actor:<12} {_REVISION.sub(self._letter, what)}")

    def changed(self, now: datetime, actor: str, change: Change) -> None:
        """Add a line on a change that is worth one."""
        if what := line(change):
            self.tell(now, "gateway" if what.startswith("takes up") else actor, what)

    def _letter(self, found: re.Match[str]) -> str:
        name = found.group()
        return self._letters.setdefault(name, f"{NAME}-{chr(ord('a') + len(self._letters))}")
