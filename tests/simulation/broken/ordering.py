"""Operators that write in the wrong order, over others, or what nobody asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from sluiceway.api import names
from sluiceway.api.status import ModelDeploymentStatus
from sluiceway.build.objects import Object, Ref
from sluiceway.core import decide, desired, routing, writes
from sluiceway.core.events import events
from sluiceway.core.memory import Memory
from sluiceway.core.observed import Observed
from sluiceway.core.plan import Plan
from sluiceway.core.state import State
from sluiceway.runtime import reconciler
from sluiceway.runtime.keys import Key
from sluiceway.runtime.reconciler import Reconciler


def traffic_is_written_last(patch: pytest.MonkeyPatch) -> None:
    def objects(state: State, after: Memory) -> Iterator[Object]:
        yield from sorted(desired.objects(state, after), key=writes._leads_traffic)

    patch.setattr(decide, "objects", objects)


def the_service_moves_before_the_route(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(desired, "leads", lambda state, after: routing.leads(state, after)[::-1])


def the_route_is_written_before_its_services(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(desired, "weights", lambda *_: ())


def an_old_leader_writes_over_the_new_one(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(writes, "_version", lambda *_: None)


def the_status_is_written_first(patch: pytest.MonkeyPatch) -> None:
    real = Reconciler._apply

    async def apply(self: Reconciler, key: Key, plan: Plan) -> Any:
        raw = await self.cluster.get(Ref(names.API_VERSION, names.KIND, *key))
        if raw is not None:
            await self._report(raw, replace(plan, events=()))
        return await real(self, key, plan)

    patch.setattr(Reconciler, "_apply", apply)


def events_are_told_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(decide, "events", lambda _before, after: events(ModelDeploymentStatus(), after))


def a_deletion_is_fought(patch: pytest.MonkeyPatch) -> None:
    def fights(observed: Observed) -> Plan:
        living = observed.resource.metadata.model_copy(update={"deletion_timestamp": None})
        resource = observed.resource.model_copy(update={"metadata": living})
        return decide.decide(replace(observed, resource=resource))

    patch.setattr(reconciler, "decide", fights)


BROKEN = (
    traffic_is_written_last,
    the_service_moves_before_the_route,
    the_route_is_written_before_its_services,
    an_old_leader_writes_over_the_new_one,
    the_status_is_written_first,
    events_are_told_again,
    a_deletion_is_fought,
)
