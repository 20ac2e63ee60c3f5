"""One reconcile: observe, decide, apply in the plan's order, one status write, then events."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from pydantic import ValidationError

from sluiceway.api import names
from sluiceway.api.resource import ModelDeployment
from sluiceway.build.guard.container import DEFAULTS, GuardSettings
from sluiceway.build.objects import Object, Ref
from sluiceway.core.decide import decide
from sluiceway.core.invalid import refuse
from sluiceway.core.observed import Observed
from sluiceway.core.plan import Plan
from sluiceway.ports import Cluster, ClusterError, Refused
from sluiceway.runtime.inquiries import Inquiries
from sluiceway.runtime.keys import Interests, Key
from sluiceway.runtime.measuring import Measuring
from sluiceway.runtime.observe import ROUTE, Observer, gateway_refs
from sluiceway.runtime.scenes import Scenes
from sluiceway.runtime.telemetry import Telemetry

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reconciler:
    """Brings one resource one step on. Holds no state that another operator could not derive."""

    cluster: Cluster
    clock: Callable[[], datetime]
    namespace: str | None = None
    interests: Interests = field(default_factory=Interests)
    on_look: Callable[[Observed], None] = lambda _observed: None
    """Told what every look found."""
    guard: GuardSettings = DEFAULTS
    """How the guards of new revisions are rendered."""
    inquiries: Inquiries | None = None
    """Asks pods before they get users; without it nothing is asked, and nothing new gets any."""

    measuring: Measuring | None = None
    """Measures revisions under judgement; without it nothing is measured."""

    scenes: Scenes = field(default_factory=Scenes)
    """What there is to show of every resource."""
    telemetry: Telemetry | None = None
    """Counts what happens; without it nobody does."""

    async def reconcile(self, key: Key) -> float | None:
        """Do what is to be done for *key*; return after how many seconds to look again, if at all.

        :raises Conflict: when something changed under it: look and decide again at once.
        :raises Unavailable: when the API server did not answer: try again later.
        """
        raw = await self.cluster.get(Ref(names.API_VERSION, names.KIND, *key))
        if raw is None:
            self.interests.set(key, ())
            self._show(key, Plan())
            self._watch(key, Plan())
            return None
        try:
            resource = ModelDeployment.parse(raw)
        except ValidationError as error:
            plan = refuse(raw, error, self.clock())
            self._show(key, plan)
            await self._report(raw, plan)
            self._watch(key, plan)
            return None
        observed = await Observer(self.cluster, self.clock, self.namespace, self.guard).look(resource)
        if self.inquiries:
            observed = replace(observed, answers=self.inquiries.take(key))
        if self.measuring:
            observed = self.measuring.seen(key, observed)
        self.interests.set(key, _depends_on(observed))
        self.on_look(observed)
        plan = decide(observed)
        if rejections := await self._apply(key, plan):
            plan = decide(replace(observed, rejections=rejections))
        # The status may fail to be written; where callers are led has been.
        self._show(key, plan)
        await self._report(raw, plan)
        if self.inquiries:
            self.inquiries.ask(key, plan.asks)
        self._watch(key, plan)
        return plan.look_again_seconds

    def _watch(self, key: Key, plan: Plan) -> None:
        if self.measuring:
            self.measuring.follow(key, plan)

    def _show(self, key: Key, plan: Plan) -> None:
        self.scenes.follow(key, plan)
        if self.telemetry:
            self.telemetry.followed(key, plan)

    async def _apply(self, key: Key, plan: Plan) -> dict[Ref, str]:
        """Carry out the writes in order; stop at the first that is refused, since the rest rely on it."""
        for write in plan.writes:
            log.info("%s/%s: %s", *key, write)
            try:
                await self.cluster.write(write)
                if self.telemetry:
                    self.telemetry.wrote(key, plan, write)
            except Refused as error:
                log.warning("%s/%s: refused: %s: %s", *key, write, error)
                return {write.ref: str(error)}
        return {}

    async def _report(self, raw: Object, plan: Plan) -> None:
        if plan.status is None:
            return
        await self.cluster.write_status(raw, plan.status)
        for event in plan.events:
            try:
                await self.cluster.record(raw, event)
            except ClusterError as error:
                # The status has said it; an Event is for people who happen to look.
                log.warning("event %s not written: %s", event.reason, error)


def _depends_on(observed: Observed) -> list[Ref]:
    routes = [
        Ref(*ROUTE, route["metadata"]["namespace"], route["metadata"]["name"])
        for route in observed.other_routes
    ]
    return [*gateway_refs(observed.resource), *routes]
