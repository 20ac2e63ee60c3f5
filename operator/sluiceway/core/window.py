"""Which revisions may come back without steps: those that served last, unless they were refused since."""

from __future__ import annotations

from collections.abc import Iterable

from sluiceway.api.reasons import REFUSING
from sluiceway.core.memory import Outcome


def within(outcomes: Iterable[Outcome], revisions: int, name: str) -> Outcome | None:
    """Return how *name* ended if it may come back without steps; None when the steps are for it.

    *outcomes* are those of all revisions but the one that serves, *revisions* is how many may come back. One
    that was refused has its place among them, and does not profit, not even after it was retried: it has
    not served since.
    """
    served = [each for each in outcomes if each.served_from]
    latest = sorted(served, key=lambda each: str(each.served_until or each.served_from), reverse=True)
    found = next((each for each in latest[:revisions] if each.revision == name), None)
    return None if found is None or found.doubted or found.reason in REFUSING else found


def told(found: Outcome) -> str:
    """Return why the steps are left out, in words."""
    until = f" until {found.served_until:%Y-%m-%dT%H:%M:%SZ}" if found.served_until else ""
    return f"{found.revision} takes over without steps, since it served{until}, within rollout.rollbackWindow"
