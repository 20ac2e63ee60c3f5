"""Events come from transitions only, so that neither a repeated look nor a restart repeats one."""

from __future__ import annotations

from typing import Any

import pytest

from sluiceway.api.status import Condition, ModelDeploymentStatus
from sluiceway.core.events import events

Told = tuple[str, str, str]


def status(
    stalled: str = "",
    *,
    stalled_message: str = "why",
    traffic: str = "True",
    route: str = "RouteAccepted",
    **given: Any,
) -> ModelDeploymentStatus:
    """Return a status; *stalled* is the reason for which the resource is blocked, "" when it is not."""
    known = {"observed_generation": 1, "last_transition_time": "2026-07-30T03:00:00Z"}
    return ModelDeploymentStatus(
        conditions=(
            Condition(
                type="Stalled",
                status="True" if stalled else "False",
                reason=stalled or "NotStalled",
                message=stalled_message,
                **known,
            ),
            Condition.model_validate(
                {"type": "TrafficReady", "status": traffic, "reason": route, "message": "route"} | known
            ),
        ),
        **given,
    )


def told(before: ModelDeploymentStatus, after: ModelDeploymentStatus) -> list[Told]:
    return [(event.type, event.reason, event.message) for event in events(before, after)]


NEW = ModelDeploymentStatus()
CASES: dict[str, tuple[ModelDeploymentStatus, ModelDeploymentStatus, list[Told]]] = {
    "nothing, for a first visit without a candidate": (NEW, status(), []),
    "that the first revision is being loaded": (
        NEW,
        status(candidate="fraud-1"),
        [("Normal", "Progressing", "revision fraud-1 is being loaded")],
    ),
    "that the first revision serves": (
        status(candidate="fraud-1"),
        status(serving="fraud-1"),
        [("Normal", "Serving", "revision fraud-1 serves")],
    ),
    "which revision serves instead of which": (
        status(serving="fraud-1", candidate="fraud-2"),
        status(serving="fraud-2"),
        [("Normal", "Serving", "revision fraud-2 serves instead of fraud-1")],
    ),
    "that another candidate came in the middle": (
        status(serving="fraud-1", candidate="fraud-2"),
        status(serving="fraud-1", candidate="fraud-3"),
        [("Normal", "Progressing", "revision fraud-3 is being loaded")],
    ),
    "what blocks the way": (status(), status("LoadFailed"), [("Warning", "LoadFailed", "why")]),
    "what blocks the way from the first visit on": (
        NEW,
        status("LoadFailed"),
        [("Warning", "LoadFailed", "why")],
    ),
    "that something else blocks the way": (
        status("LoadFailed"),
        status("ImagePullFailed"),
        [("Warning", "ImagePullFailed", "why")],
    ),
    "nothing, when the same trouble is put in other words": (
        status("LoadFailed"),
        status("LoadFailed", stalled_message="other words"),
        [],
    ),
    "that it is over": (status("LoadFailed"), status(), [("Normal", "Recovered", "LoadFailed is over")]),
    "that the gateway refuses the route": (
        status(),
        status(traffic="False", route="RouteNotAccepted"),
        [("Warning", "RouteNotAccepted", "route")],
    ),
    "nothing, while the gateway has not answered": (
        status(),
        status(traffic="Unknown", route="RoutePending"),
        [],
    ),
    "one thing once, though two conditions say it": (
        status(),
        status("RouteNotAccepted", traffic="False", route="RouteNotAccepted"),
        [("Warning", "RouteNotAccepted", "why")],
    ),
    "nothing, when the serving revision is lost from the status": (status(serving="fraud-1"), status(), []),
    "first the revision, then the trouble": (
        NEW,
        status("InvalidPod", candidate="fraud-1"),
        [("Normal", "Progressing", "revision fraud-1 is being loaded"), ("Warning", "InvalidPod", "why")],
    ),
}


@pytest.mark.parametrize(("before", "after", "expected"), CASES.values(), ids=CASES)
def test_people_are_told(
    before: ModelDeploymentStatus, after: ModelDeploymentStatus, expected: list[Told]
) -> None:
    assert told(before, after) == expected


@pytest.mark.parametrize("after", [after for _, after, _ in CASES.values()], ids=CASES)
def test_the_same_status_twice_is_no_event(after: ModelDeploymentStatus) -> None:
    assert told(after, after) == []
