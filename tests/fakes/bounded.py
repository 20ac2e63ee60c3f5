"""What must hold of pods that are bounded by `rollout.maxSurge`: as an onlooker would count, in fractions."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from math import ceil, floor

from sluiceway.build.objects import Object, revision_of
from tests.fakes.cluster import FakeCluster

_ROUNDING = Fraction(1, 200)
"""Shares are whole percents: half of one is nobody's overload."""


def bounds_of(spec: Object) -> tuple[int, int] | None:
    """Return the most pods that there may be, and how many carry everything; None without bounds."""
    return bounds(spec.get("rollout") or {}, int(spec["replicas"]))


def bounds(rollout: Object, whole: int) -> tuple[int, int] | None:
    """Return the same where so many pods carry everything usually."""
    if "maxSurge" not in rollout or not whole:
        return None
    surge = ceil(_amount(rollout["maxSurge"], whole))
    missing = floor(_amount(rollout.get("maxUnavailable", 0), whole))
    base = whole - (missing if surge else max(1, missing))
    return None if surge >= whole else (whole + surge, max(1, base))


def check_growth(cluster: FakeCluster, deployment: Object, most: int) -> None:
    """Check that there is a place for the pods that *deployment* asks for beyond those of now."""
    name, asked = revision_of(deployment), deployment["spec"]["replicas"]
    there = Counter(revision_of(pod) for pod in cluster.of_kind("Pod").values())
    asks = {each: found["spec"]["replicas"] for each, found in cluster.of_kind("Deployment").items()}
    others = {each: max(there[each], asks.get(each, 0)) for each in {*there, *asks} - {name}}
    places = most - sum(others.values())
    grows = asked > asks.get(name, 0)
    assert not grows or max(asked, there[name]) <= places, f"{asked} pods for {name}, with {others} of {most}"


def check_carried(name: str, weight: int, pods: int, base: int) -> None:
    """Check that so many pods carry *weight* percent of the requests."""
    part = Fraction(pods, base)
    assert Fraction(weight, 100) - part <= _ROUNDING, (
        f"{weight} % for {name}, which has {pods} of {base} pods"
    )


def _amount(given: object, whole: int) -> Fraction:
    text = str(given)
    return Fraction(int(text[:-1]) * whole, 100) if text.endswith("%") else Fraction(int(text))
