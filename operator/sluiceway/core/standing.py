"""Does a guard answer? What is told of it changes only after several looks that agree."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

IN_A_ROW = 3
"""So many looks that say otherwise change what is told."""


@dataclass(frozen=True)
class Standing:
    """What is told of one guard: `answers` is None before anything is known of it."""

    answers: bool | None = None
    reason: str = ""
    """Why it did not answer, when it began not to."""
    since: datetime | None = None
    """When it began not to answer."""
    _otherwise: int = 0
    """How many looks in a row have said otherwise."""
    _first: tuple[str, datetime] | None = None
    """Reason and time of the first of these."""

    def answered(self) -> Self:
        """Return the standing after a look that was answered."""
        if self.answers is None:
            return type(self)(answers=True)
        if self.answers:
            return replace(self, _otherwise=0, _first=None)
        if self._otherwise + 1 >= IN_A_ROW:
            return type(self)(answers=True)
        return replace(self, _otherwise=self._otherwise + 1)

    def missed(self, reason: str, at: datetime) -> Self:
        """Return the standing after a look that was not."""
        if self.answers is False:
            return replace(self, _otherwise=0)
        first = self._first or (reason, at)
        if self._otherwise + 1 >= IN_A_ROW:
            return type(self)(answers=False, reason=first[0], since=first[1])
        return replace(self, _otherwise=self._otherwise + 1, _first=first)
