"""Who is judged, and what is known of them: fed by all that measure, beside the reconciles.

Nothing here must survive: guards and providers of metrics go on counting, whoever reads them, and what is
known of a revision on trial is put on record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sluiceway.core.case import Case
from sluiceway.core.evidence import Evidence
from sluiceway.core.meters import Meters, Pace
from sluiceway.core.plan import Plan
from sluiceway.core.proceedings import Judged
from sluiceway.core.vectors import NoAnswer
from sluiceway.core.verdict import is_urgent, ruling
from sluiceway.runtime.keys import Key
from sluiceway.runtime.onsets import Onsets


@dataclass(frozen=True)
class _Entry:
    cases: tuple[Case, ...]
    judged: Judged = field(default_factory=Judged)

    def news(self) -> object:
        """Return what a reconcile would find otherwise than before."""
        judged = self.judged
        measured = {source: each.measured > 0 for source, each in judged.live.items()}
        known = {source: each for source, each in judged.standings.items() if each.answers is not None}
        answers = {source: (each.answers, each.reason) for source, each in known.items()}
        return ruling(judged.live, self.cases).verdict, judged.told, measured, answers


class Docket:
    """The cases of every resource, for as long as its plan has any."""

    def __init__(
        self,
        on_change: Callable[[Key], None],
        clock: Callable[[], datetime],
        onsets: Onsets | None = None,
    ) -> None:
        """Tell *on_change* of a key of which there may be something new to say, *onsets* of every look."""
        self._onsets = onsets
        self._on_change = on_change
        self._clock = clock
        self._entries: dict[Key, _Entry] = {}

    def judge(self, key: Key, plan: Plan) -> None:
        """Judge the cases of the plan for *key*, and no others; without any, forget the key."""
        known = self._entries.pop(key, None)
        if plan.cases:
            judged = (known.judged if known else Judged()).on(plan.cases, plan.kept, self._clock())
            self._entries[key] = _Entry(plan.cases, judged)

    def judged(self, key: Key) -> Judged | None:
        """Return what is known of who is on trial for *key*."""
        entry = self._entries.get(key)
        return entry.judged if entry else None

    def is_urgent(self, key: Key) -> bool:
        """Tell whether the guards of *key* are worth another look at once."""
        entry = self._entries.get(key)
        return entry is not None and is_urgent(entry.judged.live, entry.cases)

    def looked(self, key: Key, evidence: Mapping[str, Evidence]) -> None:
        """Take up what the guards of *key* have counted."""
        if entry := self._entries.get(key):
            self._put(key, entry, entry.judged.looked(evidence, entry.cases, self._clock()))

    def heard(self, key: Key, case: Case, meters: Meters | NoAnswer, pace: Pace) -> None:
        """Take up what a provider, read at a *pace*, says of a *case* of *key*."""
        if (entry := self._entries.get(key)) and case in entry.cases:
            judged = entry.judged.heard(case, meters, entry.cases, self._clock(), pace)
            self._put(key, entry, judged)

    def _put(self, key: Key, before: _Entry, judged: Judged) -> None:
        after = self._entries[key] = replace(before, judged=judged)
        if self._onsets:
            self._onsets.note(key, judged, before.cases)
        if after.news() != before.news():
            self._on_change(key)
