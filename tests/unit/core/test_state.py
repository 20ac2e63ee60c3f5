"""Who serves now, in which order a plan is written, and what is left alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from sluiceway.api import names
from sluiceway.build.objects import Object
from sluiceway.core.decide import decide, needed
from sluiceway.core.observed import Observed
from sluiceway.core.plan import Apply
from sluiceway.core.state import State
from tests.fakes.objects import ready_pod
from tests.fakes.snapshots import (
    asking_for,
    at_its_first_share,
    carried_out,
    commanded,
    first_look,
    serving,
    verified,
    wanted_name,
    with_pods,
)

SERVING = serving()
OLD = wanted_name(SERVING)
CHANGED = carried_out(asking_for(SERVING, runtime={"image": "triton:next"}))
NEXT = wanted_name(CHANGED)


def without(observed: Observed, *names: tuple[str, str]) -> Observed:
    """Return *observed* with objects of these kinds and names deleted."""
    kept = {ref: obj for ref, obj in observed.objects.items() if (ref.kind, ref.name) not in names}
    return replace(observed, objects=kept)


SERVICE, ROUTE = ("Service", "fraud"), ("HTTPRoute", "fraud")
HOLDERS: dict[str, tuple[Observed, str]] = {
    "nobody before anything is written": (first_look(), ""),
    "whom the Service selects": (CHANGED, OLD),
    "whom the route leads to, without the Service": (without(CHANGED, SERVICE), OLD),
    "whom the status names, without both": (without(CHANGED, SERVICE, ROUTE), OLD),
}


@pytest.mark.parametrize(("observed", "expected"), HOLDERS.values(), ids=HOLDERS)
def test_who_serves_is(observed: Observed, expected: str) -> None:
    assert State(observed).memory.stable == expected


def pods(*ready: int) -> Iterable[Object]:
    return (
        ready_pod(name, number)
        for name, count in zip((OLD, NEXT), ready, strict=True)
        for number in range(count)
    )


FIRST_SHARE = at_its_first_share(with_pods(CHANGED, *pods(2, 2)))


def test_a_pod_that_is_being_deleted_does_not_count() -> None:
    leaving = ready_pod(OLD)
    leaving["metadata"]["deletionTimestamp"] = "2026-07-30T03:00:00Z"
    assert State(with_pods(SERVING, leaving)).ready_pods(OLD) == 0


def test_at_rest_there_is_nothing_to_do_and_nothing_to_look_for() -> None:
    plan = decide(SERVING)
    assert (plan.writes, plan.status, plan.events, plan.look_again_seconds) == ((), None, (), None)
    assert plan.notes


def test_nothing_at_all_is_planned_for_what_is_being_deleted() -> None:
    metadata = SERVING.resource.metadata.model_copy(update={"deletion_timestamp": "2026-07-30T03:00:00Z"})
    plan = decide(
        replace(SERVING, objects={}, resource=SERVING.resource.model_copy(update={"metadata": metadata}))
    )
    assert (plan.writes, plan.status) == ((), None)


def test_every_name_is_looked_at_before_it_may_be_written() -> None:
    observed = first_look()
    looked_at = set(needed(observed))
    written = {write.ref for write in decide(observed).writes}
    loaded = verified(with_pods(carried_out(observed), *pods(2, 0)))
    written |= {write.ref for write in decide(loaded).writes}
    assert {ref.kind for ref in written} == {
        "ConfigMap",
        "ControllerRevision",
        "Deployment",
        "HTTPRoute",
        "PodDisruptionBudget",
        "Service",
    }
    assert written <= looked_at


def test_a_plan_is_written_in_the_order_of_safety() -> None:
    kinds = [write.ref.kind for write in decide(first_look()).writes]
    assert kinds == ["ControllerRevision", "PodDisruptionBudget", "ConfigMap", "Deployment", "Service"]
    asked = asking_for(SERVING, runtime={"image": "triton:next"})
    begun = [(write.ref.kind, write.ref.name) for write in decide(asked).writes]
    assert begun[0] == ROUTE
    assert begun[1:] == [
        (kind, NEXT) for kind in ("ControllerRevision", "ConfigMap", "Deployment", "Service")
    ]
    aborted = decide(commanded(FIRST_SHARE, abort=f"{NEXT}/1/1"))
    assert [write.ref.kind for write in aborted.writes] == ["HTTPRoute", "ControllerRevision"]


def test_where_callers_are_led_has_a_field_manager_of_its_own() -> None:
    first = decide(first_look()).writes
    led = decide(commanded(FIRST_SHARE, abort=f"{NEXT}/1/1")).writes[:1]
    assert {write.manager for write in first if isinstance(write, Apply)} == {names.MANAGER_OBJECTS}
    assert {write.manager for write in led if isinstance(write, Apply)} == {names.MANAGER_TRAFFIC}
