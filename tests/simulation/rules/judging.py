"""Whom the judge may blame."""

from __future__ import annotations

from sluiceway.api.reasons import Reason
from sluiceway.core.memory import recall
from tests.fakes.cluster import FakeCluster
from tests.simulation.demands import demand
from tests.simulation.history import Change, History
from tests.simulation.passes import Pass

_BLAMED = (Reason.OBJECTIVE_BROKEN, Reason.CAUSE_SHARED)


def blamed_rightly(_cluster: FakeCluster, history: History, _seen: Pass, change: Change) -> None:
    """Only a revision whose callers saw errors has broken an objective."""
    for outcome in recall([change.after], "").outcomes:
        if outcome.reason in _BLAMED:
            demand(outcome.revision in history.failed, f"{outcome.revision} is blamed and failed nobody")
