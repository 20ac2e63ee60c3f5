"""Autoscalers write what they measure every few seconds; only what concerns somebody is heard."""

from __future__ import annotations

from typing import Any

import pytest

from sluiceway.build.autoscaler import autoscaler
from sluiceway.build.objects import Object
from sluiceway.build.scaled_object import scaled_object
from sluiceway.runtime.tidings import Tidings
from tests.fakes.objects import make_resource
from tests.fakes.scaled import ABLE, ACTIVE, BLIND, BY_CPU, measured


def written(version: str, floor: int = 2, **status: Any) -> Object:
    owner = make_resource(autoscaling=BY_CPU)
    assert owner.spec.autoscaling
    obj = autoscaler(owner, "fraud-1a2b3", owner.spec.autoscaling, floor=floor, most=10)
    obj["metadata"] |= {"uid": "x", "resourceVersion": version}
    return obj | {"status": status}


def by_keda(version: str, *, floor: int = 2, reason: str = "ScaledObjectReady", **status: Any) -> Object:
    owner = make_resource(autoscaling=BY_CPU)
    assert owner.spec.autoscaling
    obj = scaled_object(owner, "fraud-1a2b3", owner.spec.autoscaling, floor=floor, most=10)
    obj["metadata"] |= {"uid": "x", "resourceVersion": version, "finalizers": ["finalizer.keda.sh"]}
    return obj | {"status": {"conditions": [ABLE | {"type": "Ready", "reason": reason}], **status}}


SEEN = written("1", conditions=[ABLE, ACTIVE], currentReplicas=2, currentMetrics=[measured(40)])


def test_what_it_measures_concerns_nobody() -> None:
    tidings = Tidings()
    assert tidings.concern("ADDED", SEEN)
    later = written("2", conditions=[ABLE, ACTIVE], currentReplicas=3, currentMetrics=[measured(70)])
    assert not tidings.concern("MODIFIED", later)


@pytest.mark.parametrize(
    "news",
    [
        written("2", conditions=[ABLE, BLIND]),
        written("2", conditions=[ABLE, BLIND | {"message": "other words"}]),
        written("2", floor=3, conditions=[ABLE, ACTIVE]),
    ],
)
def test_what_it_can_not_do_or_is_told_to_do_does(news: Object) -> None:
    tidings = Tidings()
    tidings.concern("ADDED", SEEN)
    assert tidings.concern("MODIFIED", news)
    assert not tidings.concern("MODIFIED", news)


@pytest.mark.parametrize(
    ("news", "concerns"),
    [
        (by_keda("2", lastActiveTime="2026-07-30T03:00:00Z"), False),
        (by_keda("2", floor=3), True),
        (by_keda("2", reason="TriggerError"), True),
    ],
)
def test_of_what_keda_writes_only_its_conditions_do(news: Object, concerns: bool) -> None:
    tidings = Tidings()
    tidings.concern("ADDED", by_keda("1"))
    assert tidings.concern("MODIFIED", news) is concerns


def test_that_it_went_does() -> None:
    tidings = Tidings()
    tidings.concern("ADDED", SEEN)
    assert tidings.concern("DELETED", SEEN)
    assert tidings.concern("ADDED", SEEN)


def test_all_else_does() -> None:
    tidings = Tidings()
    pod = {"kind": "Pod", "metadata": {}}
    assert tidings.concern("MODIFIED", pod)
    assert tidings.concern("MODIFIED", pod)
