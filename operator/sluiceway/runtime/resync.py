"""The safety net: a listing now and then that finds what the watches did not deliver.

After a watch expires (410) Kopf lists anew and reports what exists, but not what went meanwhile. One
request per kind and not per object: only keys of objects that differ from what was last heard of them
are reconciled, so a settled resource costs nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

from sluiceway.api import names
from sluiceway.build.objects import Object, Ref, ref_of
from sluiceway.ports import Cluster, ClusterError, KindMissing, Unavailable
from sluiceway.runtime.keys import Key
from sluiceway.runtime.observe import GATEWAY, LOOKED_AT, OWNED, ROUTE, SCALED_OBJECT

log = logging.getLogger(__name__)

RESYNC_SECONDS = 600.0
AFTER_LISTING_SECONDS = 5.0
"""From the first object of a new listing by Kopf, that its others may come before ours is compared."""
_MANAGED = {names.LABEL_MANAGED_BY: names.MANAGED_BY}


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


class Resync:
    """Looks for what was missed: now and then, and soon after Kopf had to list something anew."""

    def __init__(
        self,
        cluster: Cluster,
        namespace: str | None,
        heard_of: Callable[[str, Object], None],
        reconcile: Callable[[Key], None],
        missed: Callable[[str, int], None] = lambda _kind, _number: None,
    ) -> None:
        """Tell *heard_of* and *reconcile* of what was missed, and *missed* how much that was, by kind."""
        self._missed = missed
        self._cluster = cluster
        self._namespace = namespace
        self._heard_of = heard_of
        self._reconcile = reconcile
        self._heard = Heard()
        self._listed = asyncio.Event()

    def note(self, event: str, obj: Mapping[str, Any], keys: Iterable[Key]) -> None:
        """Remember what a watch delivered; "" is the type of what a listing brought."""
        self._heard.note(event, obj, keys)
        if not event:
            self._listed.set()

    async def run(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._listed.wait(), RESYNC_SECONDS)
                await asyncio.sleep(AFTER_LISTING_SECONDS)
            self._listed.clear()
            try:
                await self._look()
            except Unavailable as error:
                self._listed.set()
                log.info("listing again in %.0f s: %s", AFTER_LISTING_SECONDS, error)
            except ClusterError as error:
                log.info("listing again in %.0f s: %s", RESYNC_SECONDS, error)

    async def _look(self) -> None:
        labelled = [(kind, _MANAGED) for kind in (*OWNED, *LOOKED_AT, SCALED_OBJECT)]
        whole = [(kind, None) for kind in ((names.API_VERSION, names.KIND), ROUTE, GATEWAY)]
        for kind, labels in (*labelled, *whole):
            try:
                listed = await self._cluster.list(*kind, self._namespace, labels)
            except KindMissing:
                continue
            changed, orphaned = self._heard.missed(*kind, listed)
            self._missed(kind[1], len(changed) + len(orphaned))
            for obj in changed:
                self._heard_of("MODIFIED", obj)
            for key in orphaned:
                self._reconcile(key)
