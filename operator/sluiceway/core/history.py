"""What became of every revision: read off its record, and off what is remembered and not on record yet.

So it is right after the status was deleted, and says something new only when an attempt begins or ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sluiceway.api.history import MAX_MESSAGE, MOST_ENTRIES, Entry
from sluiceway.api.reasons import Reason
from sluiceway.build.objects import Object
from sluiceway.core import window
from sluiceway.core.finding import Finding
from sluiceway.core.golden import cut
from sluiceway.core.memory import Memory, Outcome
from sluiceway.core.revision import Revision
from sluiceway.core.state import State

_WORDS: Mapping[str, str] = {
    # Taken back for what was measured, or could not be; the message tells which.
    Reason.OBJECTIVE_BROKEN: Reason.ROLLED_BACK,
    Reason.SIGNALS_MISSING: Reason.ROLLED_BACK,
    Reason.INSUFFICIENT: Reason.ROLLED_BACK,
    # Of who does not serve any more.
    Reason.SERVING: Reason.SERVED,
}
"""The word for how an attempt ended where it is not the reason on record."""
_UNFIT = (Reason.LOAD_FAILED, Reason.SIGNATURE_CHANGED)
"""What an attempt may fail by while it lasts: it recovers when the cause is mended."""


def history(state: State, after: Memory, found: Finding | None) -> list[Object]:
    """Return an entry for each revision, the newest number first.

    *found* is what keeps the wanted revision from being ready. Revisions that have pods are told before
    others when there are more than the status may hold.
    """
    known = {revision.name: revision for revision in (*state.recorded, state.wanted)}
    newest = sorted(known.values(), key=lambda revision: -revision.number)
    first = sorted(newest, key=lambda revision: revision.name not in (*after.live, state.wanted.name))
    told = {revision.name for revision in first[:MOST_ENTRIES]}
    return [_entry(state, after, revision, found).to_dict() for revision in newest if revision.name in told]


def _entry(state: State, after: Memory, revision: Revision, found: Finding | None) -> Entry:
    name = revision.name
    last = state.outcome(name, after)
    if name == after.stable:
        return described(revision, last, Reason.SERVING)
    if name == after.candidate or (name == state.wanted.name and not state.refusal(name, after)):
        unfit = found if found and found.reason in _UNFIT else None
        told = described(revision, last, unfit.reason if unfit else Reason.PENDING)
        attempt = after.attempt if name == after.candidate else state.next_attempt(name)
        switched = window.told(state.returning) if state.returning else ""
        message = _cut(unfit.message if unfit else switched)
        return told.model_copy(update={"attempt": attempt, "message": message or None})
    if last is None:
        # Nobody served yet, so that there was nothing to remember its end on.
        told = described(revision, None, Reason.SUPERSEDED)
        return told.model_copy(update={"message": "the spec asked for another one before it served"})
    return ended(revision, last)


def ended(revision: Revision, last: Outcome) -> Entry:
    """Return the entry of a revision of which nothing is under way, by how its last attempt ended."""
    told = described(revision, last, _WORDS.get(last.reason, last.reason))
    return told.model_copy(update={"ended_at": _time(last.at), "message": _cut(last.message) or None})


def described(revision: Revision, last: Outcome | None, outcome: str) -> Entry:
    """Return the entry of a revision with the word for what became of it."""
    until = last.served_until if last and outcome != Reason.SERVING else None
    return Entry(
        revision=revision.name,
        number=revision.number,
        digest=revision.digest,
        image=revision.image,
        model=revision.source,
        attempt=last.attempt if last else 1,
        outcome=str(outcome),
        served_from=_time(last.served_from) if last else None,
        served_until=_time(until),
    )


def _time(time: datetime | None) -> str | None:
    return f"{time:%Y-%m-%dT%H:%M:%SZ}" if time else None


def _cut(message: str) -> str:
    return cut(message, MAX_MESSAGE)
