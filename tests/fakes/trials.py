"""Worlds with a candidate on trial."""

from __future__ import annotations

from typing import Any

from sluiceway.runtime.telemetry import Telemetry
from tests.fakes.metrics import Metrics
from tests.fakes.objects import IMAGE
from tests.fakes.providers import FakeSignals
from tests.fakes.users import Users, inhabited, live
from tests.fakes.world import World

NEXT = {"image": f"{IMAGE}-next"}
STEPS = [{"weight": 10, "seconds": 6}, {"weight": 50, "seconds": 6}, {"weight": 100, "seconds": 6}]
ROLLOUT = {"steps": STEPS, "keepPreviousSeconds": 120, "bakeSeconds": 60}
ANSWERS = {"name": "answers", "type": "ErrorRate", "targetPercent": "99"}
LONG = 400


def slo(**given: Any) -> dict[str, Any]:
    """Return objectives, and what else is given."""
    return {"objectives": [ANSWERS], **given}


def at_its_first_share(
    signals: FakeSignals | None = None, telemetry: Telemetry | None = None, **given: Any
) -> tuple[World, Users, str, str]:
    """Return a world in which a candidate has its first requests, with the stable one and the candidate."""
    world, users = inhabited(signals=signals, telemetry=telemetry)
    if isinstance(signals, Metrics):
        signals.users = users
    world.apply(replicas=2)
    world.settle()
    stable = world.reached
    world.apply(replicas=2, runtime=NEXT, rollout=ROLLOUT, slo=slo(**given))
    assert live(world, LONG, until=lambda: world.memory.weight == 10)
    return world, users, stable, world.memory.candidate


def is_back(world: World, stable: str) -> bool:
    """Tell whether the stable revision has all requests again."""
    return world.weights.get(stable) == 100 and not world.memory.candidate and world.memory.stable == stable
