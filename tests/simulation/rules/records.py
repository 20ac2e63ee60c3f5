"""Records of revisions: what outlives route and status is never lost from them."""

from __future__ import annotations

from sluiceway.api.reasons import REFUSING
from sluiceway.core.memory import outcome_of
from tests.simulation.demands import demand
from tests.simulation.history import Change, History
from tests.simulation.passes import Pass


def refusals_stay(_history: History, seen: Pass, change: Change) -> None:
    """An attempt that ended with a refusal did so for good: only a later attempt may end otherwise."""
    before, after = (outcome_of(obj) if obj else None for obj in (change.before, change.after))
    retry = seen.commanded("retry")
    if (
        before
        and before.reason in REFUSING
        and change.after
        and (retry or ())[:2] != (before.revision, before.attempt)
    ):
        kept = after and (after.reason in REFUSING or after.attempt > before.attempt)
        demand(kept, f"the record of {change.ref.name} tells {after} instead of {before}")
