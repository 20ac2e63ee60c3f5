"""Who watches a simulation: tells its story, keeps its history, and holds every change against the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from sluiceway.api import names
from sluiceway.build.autoscaler import KIND as AUTOSCALER
from sluiceway.build.objects import Object, Ref
from sluiceway.core.plan import Event
from tests.fakes.cluster import FakeCluster
from tests.simulation import rules
from tests.simulation.history import Change, History
from tests.simulation.noting import finished, note
from tests.simulation.passes import Pass
from tests.simulation.provider import Provider
from tests.simulation.rules import scaling, telling
from tests.simulation.scraping import Scraping
from tests.simulation.story import Story


class Judge:
    """Sees changes of objects, and by whom; *now* tells the time, *current* the pass of the leader."""

    def __init__(
        self,
        cluster: FakeCluster,
        resource: Ref,
        now: Callable[[], datetime],
        current: Callable[[], Pass],
    ) -> None:
        self.history = History()
        self.story = Story()
        self.moves = 0
        """How often anything changed but what is told and put on record."""
        self._cluster = cluster
        self._resource = resource
        self._now = now
        self._current = current
        self._acting: Pass | str = "kubernetes"
        cluster.changed = self._changed

    def measured_by(self, provider: Provider, scraping: Scraping) -> None:
        """Take up who tells operators how requests end, beside the guards, and who how many there are."""
        self._provider, self._scraping = provider, scraping
        self._begin()

    def _begin(self) -> None:
        provider, scraping = self._provider, self._scraping
        self.history = History(
            measured_since=provider.measured_since,
            bad_looks=provider.bad_looks,
            steady_load=scraping.steady_load,
            most_load=scraping.most_load,
        )

    @contextmanager
    def acting(self, who: Pass | str) -> Iterator[None]:
        """Tell that the changes to come are made by this pass, or by people."""
        before, self._acting = self._acting, who
        try:
            yield
        finally:
            self._acting = before

    def verified(self, revision: str) -> None:
        """Take up that a pod of *revision* gives the golden answers."""
        self.history.verified.add(revision)

    def failed(self, revision: str) -> None:
        """Take up that callers of *revision* see errors."""
        if revision not in self.history.failed:
            self.history.failed.add(revision)
            self.story.tell(self._now(), "callers", f"see errors of {revision}")

    def recorded(self, seen: Pass, event: Event) -> None:
        """Take up an Event that an operator writes."""
        self.story.tell(self._now(), "operator", f"event {event.reason}: {event.message}")
        if resource := self._cluster.objects.get(self._resource):
            rules.check_event(self.history, seen, event, resource.get("status") or {})

    def ended(self, seen: Pass) -> None:
        """Take up a pass that has done all that it wanted, unless somebody was in its way."""
        if self._of_this_life(seen) and not (seen.late or seen.refused or seen.disputed):
            finished(self.history, seen)
            self._scraping.look(self._now())
            rules.check_pass(self._cluster, self.history, seen)

    def _changed(self, ref: Ref, before: Object | None, after: Object | None) -> None:
        change = Change(ref, before, after)
        self.moves += ref.kind not in (names.KIND, "ControllerRevision", AUTOSCALER)
        seen = self._acting if isinstance(self._acting, Pass) else None
        actor = ("old operator" if seen.late else "operator") if seen else str(self._acting)
        self.story.changed(self._now(), actor, change)
        if ref == self._resource and after is None:
            self._begin()
        if seen and self._of_this_life(seen):
            rules.check_write(self._cluster, self.history, seen, change, self._now())
            self._current().disputed |= seen.late
        if ref.kind == names.KIND:
            status = (after or {}).get("status") or {}
            telling.forget_the_past(self.history, {} if seen and seen.late else status)
            if seen:
                seen.status = status
        note(self.history, change, seen)
        if self._acting == "kubernetes":
            resource = self._cluster.objects.get(self._resource)
            scaling.check_moment(self._cluster, self.history, change, resource, self._now())

    def _of_this_life(self, seen: Pass) -> bool:
        """Tell whether a pass is about the resource that is there, and not about one before it."""
        both = (self._cluster.objects.get(self._resource), seen.resource)
        return all(both) and len({(obj or {}).get("metadata", {}).get("uid") for obj in both}) == 1
