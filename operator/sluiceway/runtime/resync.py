"""The safety net: a listing now and then that finds what the watches did not deliver.

After a watch expires (410) Kopf lists anew and reports what exists, but not what went meanwhile. One
request per kind and not per object: only keys of objects that differ from what was last heard of them
are reconciled, so a settled resource costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sluiceway.build.objects import Object, Ref, ref_of
from sluiceway.runtime.keys import Key

RESYNC_SECONDS = 600.0


class Heard:
    """The last version that was heard of every object, and whom it concerns."""

    def __init__(self) -> None:
        self._versions: dict[Ref, tuple[str, tuple[Key, ...]]] = {}

    def note(self, event: str, obj: Mapping[str, Any], keys: Iterable[Key]) -> None:
        """Remember what a watch delivered."""
        if event == "DELETED":
            self._versions.pop(ref_of(obj), None)
        else:
            self._versions[ref_of(obj)] = (obj["metadata"]["resourceVersion"], tuple(keys))

    def missed(self, api_version: str, kind: str, listed: Iterable[Object]) -> tuple[list[Object], set[Key]]:
        """Compare with a complete listing of one kind.

        Return the objects that appeared or changed unheard, and the keys of those that went unheard,
        which are forgotten.
        """
        present = {ref_of(obj): obj for obj in listed}
        gone = [
            ref
            for ref in self._versions
            if (ref.api_version, ref.kind) == (api_version, kind) and ref not in present
        ]
        orphaned = {key for ref in gone for key in self._versions.pop(ref)[1]}
        changed = [
            obj
            for ref, obj in present.items()
            if self._versions.get(ref, ("",))[0] != obj["metadata"]["resourceVersion"]
        ]
        return changed, orphaned
