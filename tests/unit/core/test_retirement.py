"""The pods of the revision before go when callers are seen to be led elsewhere, not when they are told."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sluiceway.core.decide import decide
from sluiceway.core.observed import Observed
from sluiceway.core.plan import Delete
from sluiceway.core.steps import LEAVING_SECONDS
from tests.fakes.objects import HOSTNAME, ready_pod
from tests.fakes.snapshots import (
    asking_for,
    carried_out,
    serving,
    verified,
    wanted_name,
    with_pods,
    with_route_status,
)


def deleted(observed: Observed) -> set[str]:
    return {write.ref.kind for write in decide(observed).writes if isinstance(write, Delete)}


def taken_over() -> Observed:
    """Return what is seen right after the route was written without the revision before."""
    served = serving(traffic=HOSTNAME)
    rollout = {"strategy": "AllAtOnce", "preview": "Disabled"}
    asked = carried_out(asking_for(served, rollout=rollout, runtime={"image": "triton:2"}))
    pods = [ready_pod(wanted_name(asked), number) for number in range(asked.resource.spec.replicas)]
    shown = with_route_status(carried_out(verified(with_pods(asked, *served.pods, *pods))))
    promoted = with_route_status(carried_out(shown))
    return carried_out(replace(promoted, now=promoted.now + timedelta(seconds=LEAVING_SECONDS)))


def test_nothing_is_removed_while_the_gateway_has_not_taken_up_the_route() -> None:
    assert deleted(taken_over()) == set()


def test_the_revision_before_is_removed_once_it_has() -> None:
    assert "Deployment" in deleted(with_route_status(taken_over()))


def test_its_service_stays_while_it_keeps_a_place_in_the_route() -> None:
    assert "Service" not in deleted(with_route_status(taken_over()))


def test_a_gateway_that_refuses_the_route_keeps_nothing_alive() -> None:
    refused = with_route_status(taken_over(), "False", "NotAllowedByListeners")
    assert "Deployment" in deleted(refused)
