"""What is known of who is on trial, from all that measure: now, and when people were told last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sluiceway.core.case import Case
from sluiceway.core.evidence import Evidence
from sluiceway.core.judgement import Judgement, read
from sluiceway.core.looks import looked
from sluiceway.core.meters import Meters, Pace, metered
from sluiceway.core.standing import Standing
from sluiceway.core.vectors import NoAnswer
from sluiceway.core.verdict import ruling

TOLD_EVERY_SECONDS = 15.0
"""While nothing changes, status and record follow the counts this often."""

Judgements = Mapping[str, Judgement]
"""By the source of the counts."""


@dataclass(frozen=True)
class Judged:
    """The judgements as they are now, and as they were when people were told last.

    Status and record follow the latter.
    """

    live: Judgements = field(default_factory=dict)
    told: Judgements = field(default_factory=dict)
    told_at: datetime | None = None
    standings: Mapping[str, Standing] = field(default_factory=dict)
    """Whether the providers of metrics answer, by source."""

    def on(self, cases: Sequence[Case], kept: str, now: datetime) -> Judged:
        """Return what is known of *cases*: as before where they are the same, else from what was *kept*."""
        earlier = read(kept)
        fresh = {
            case.source: Judgement.of(case, now, earlier.get(case.source))
            for case in cases
            if case.source not in self.live or self.live[case.source].key != case.key
        }
        wanted = {case.source for case in cases}
        keep = {source: each for source, each in self.live.items() if source in wanted}
        told = {source: each for source, each in self.told.items() if source in wanted}
        standings = {source: each for source, each in self.standings.items() if source in keep}
        told_at = None if fresh else self.told_at
        return replace(self, live=keep | fresh, told=told | fresh, told_at=told_at, standings=standings)

    def looked(self, evidence: Mapping[str, Evidence], cases: Sequence[Case], now: datetime) -> Judged:
        """Return what is known after a round of looks at guards."""
        live = {
            case.source: looked(self.live[case.source], evidence, case, now)
            for case in cases
            if not case.provider and case.source in self.live
        }
        return _after(self, live, cases, now)

    def heard(
        self,
        case: Case,
        meters: Meters | NoAnswer,
        cases: Sequence[Case],
        now: datetime,
        pace: Pace,
    ) -> Judged:
        """Return what is known after the answer of a provider, which is read at a *pace*."""
        if case.source not in self.live or self.live[case.source].key != case.key:
            return self
        standing = self.standings.get(case.source, Standing())
        meters = _lost(self.live[case.source], meters)
        if isinstance(meters, NoAnswer):
            missed = standing.missed(meters.reason, now)
            return replace(self, standings={**self.standings, case.source: missed})
        known = replace(self, standings={**self.standings, case.source: standing.answered()})
        news = metered(self.live[case.source], meters, case, now, pace)
        return _after(known, {case.source: news}, cases, now)


def _lost(known: Judgement, meters: Meters | NoAnswer) -> Meters | NoAnswer:
    """Return no answer for counters that are absent and were there before."""
    if isinstance(meters, NoAnswer):
        return meters
    absent = (each.absent for name, found in meters.items() if known.counters.get(name) for each in found)
    return next((NoAnswer(reason) for reason in absent if reason), meters)


def _after(known: Judged, news: Judgements, cases: Sequence[Case], now: datetime) -> Judged:
    live = {**known.live, **news}
    if not any(each.sampled_at for each in live.values()):
        return replace(known, live=live)
    due = known.told_at is None or (now - known.told_at).total_seconds() >= TOLD_EVERY_SECONDS
    begins = any(live[source].sampled_at and not each.sampled_at for source, each in known.told.items())
    if not due and not begins and ruling(live, cases).verdict is ruling(known.told, cases).verdict:
        return replace(known, live=live)
    return replace(known, live=live, told=live, told_at=now)
