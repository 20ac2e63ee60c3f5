"""Which revision a person means: by number, by name, or by the beginning of its hash."""

from __future__ import annotations

from collections.abc import Sequence

from sluiceway.core.revision import Revision
from sluiceway.kubectl.problems import Problem

_SHORTEST = 4
"""Digits of a hash that are taken for one and not for a number."""


def find(recorded: Sequence[Revision], text: str) -> Revision:
    """Return the revision that *text* names.

    :raises Problem: when none does, or more than one.
    """
    exact = [one for one in recorded if text in (one.name, one.name.rpartition("-")[2], one.digest)]
    numbered = [one for one in recorded if text.isdecimal() and one.number == int(text)]
    begun = [one for one in recorded if len(text) >= _SHORTEST and one.digest.startswith(text)]
    for found in (exact, numbered, begun):
        if len(found) == 1:
            return found[0]
        if found:
            raise Problem(f"{text} may be {' or '.join(one.name for one in found)}: give more of it")
    known = ", ".join(f"{one.number} ({one.name})" for one in recorded) or "none yet"
    raise Problem(f"there is no revision {text} on record; there are {known}")
