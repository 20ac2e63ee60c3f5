"""How many pods a load needs, read off what an autoscaler says."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from sluiceway.build.objects import Object
from sluiceway.core.load import load
from tests.fakes.scaled import ACTIVE, BLIND, measured


def aim(kind: str, source: str, value: str, amount: Any, **more: Any) -> Object:
    return {"type": kind, source: more | {"target": {"type": value, _FIELDS[value]: amount}}}


def found(kind: str, source: str, value: str, amount: Any) -> Object:
    return {"type": kind, source: {"current": {_FIELDS[value]: amount}}}


_FIELDS = {"Utilization": "averageUtilization", "AverageValue": "averageValue", "Value": "value"}
CPU = aim("ContainerResource", "containerResource", "Utilization", 80, name="cpu", container="triton")
WAITING = aim("Pods", "pods", "AverageValue", "4", metric={"name": "waiting"})


def autoscaler(*metrics: Object, now: int = 7, measures: list[Object], active: Object = ACTIVE) -> Object:
    status = {"currentReplicas": now, "conditions": [active], "currentMetrics": measures}
    return {"spec": {"metrics": list(metrics)}, "status": status}


CASES: dict[str, tuple[Object | None, Fraction | None]] = {
    "no autoscaler": (None, None),
    "one that has said nothing": ({"spec": {"metrics": [CPU]}}, None),
    "half of the target": (autoscaler(CPU, measures=[measured(40)]), Fraction(2)),
    "the target": (autoscaler(CPU, measures=[measured(80)]), Fraction(4)),
    "a tenth more is let be": (autoscaler(CPU, measures=[measured(88)]), Fraction(4)),
    "more than that is not": (autoscaler(CPU, measures=[measured(90)]), Fraction(9, 2)),
    "nothing at all": (autoscaler(CPU, measures=[measured(0)]), Fraction(0)),
    "it gets no metric any more": (autoscaler(CPU, measures=[measured(160)], active=BLIND), None),
    "nothing was measured": (autoscaler(CPU, measures=[]), None),
    "the worst of two": (
        autoscaler(CPU, WAITING, measures=[measured(40), found("Pods", "pods", "AverageValue", "6500m")]),
        Fraction(13, 2),
    ),
    "one of two failed, and stands there without a type": (
        autoscaler(CPU, WAITING, measures=[{"type": ""}, found("Pods", "pods", "AverageValue", "6")]),
        Fraction(6),
    ),
    "a value of another object": (
        autoscaler(
            aim("Object", "object", "Value", "1k", metric={"name": "rate"}),
            measures=[found("Object", "object", "Value", 2500)],
        ),
        Fraction(10),
    ),
    "a value of another object, of each replica": (
        autoscaler(
            aim("Object", "object", "AverageValue", "10", metric={"name": "rate"}),
            measures=[found("Object", "object", "AverageValue", 20)],
        ),
        Fraction(14),
    ),
    "a value of nothing in the cluster, of each replica": (
        autoscaler(
            aim("External", "external", "AverageValue", "30", metric={"name": "queue"}),
            measures=[found("External", "external", "AverageValue", 15)],
        ),
        Fraction(7, 2),
    ),
    "a value of nothing in the cluster, of no replica": (
        autoscaler(
            aim("External", "external", "AverageValue", "30", metric={"name": "queue"}),
            now=0,
            measures=[found("External", "external", "AverageValue", 15)],
        ),
        Fraction(0),
    ),
    "a resource of whole pods": (
        autoscaler(
            aim("Resource", "resource", "Utilization", 50, name="memory"),
            measures=[found("Resource", "resource", "Utilization", 75)],
        ),
        Fraction(6),
    ),
    "what is not said in the words of its target": (
        autoscaler(WAITING, measures=[found("Pods", "pods", "Value", "6")]),
        None,
    ),
}


@pytest.mark.parametrize(("given", "expected"), CASES.values(), ids=CASES)
def test_the_load_is(given: Object | None, expected: Fraction | None) -> None:
    assert load(given, pods=4) == expected
