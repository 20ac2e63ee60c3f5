"""How a story ends when nothing disturbs it any more: as if nothing ever had."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

from sluiceway.api import names
from sluiceway.build.objects import Object, canonical
from tests.fakes.objects import NAME
from tests.fakes.routes import reached, rules_of
from tests.simulation.demands import demand
from tests.simulation.people import People
from tests.simulation.provider import INTERVAL_SECONDS, Trouble
from tests.simulation.scaling import USUAL
from tests.simulation.scraping import LOAD
from tests.simulation.simulation import Simulation
from tests.simulation.weather import Weather

MOST_ROUNDS, MOST_COMMANDS = 400, 12
MOST_WAITS = 8
"""So often somebody may look in vain, such as for requests that a step still lacks."""
LATE_SECONDS, LATEST_SECONDS = 180, 960
"""Autoscalers forget what they recommended five minutes ago, and revisions are kept for up to 15 minutes."""
_TO_TYPE = re.compile(rf"{names.GROUP}/(\w+)=(\S+)")


def settle(simulation: Simulation, *, in_turns: bool = False) -> None:
    """Let everybody do what they do, undisturbed, until nothing changes any more, however long that takes.

    Between two passes of the operator others do all that there is to do; *in_turns*, one thing each.
    """
    controllers, version, moves, waited, late = simulation.controllers, -1, -1, 0, 0.0
    for _ in range(MOST_ROUNDS):
        again = simulation.operate()
        for step in (*controllers.steps.values(), controllers.publish):
            while step() and not in_turns:
                pass
        scaled = simulation.scalers.any
        late = late if simulation.judge.moves == moves else 0.0
        if simulation.cluster.version != version:
            waited = 0
        elif late >= LATEST_SECONDS or (not scaled and (again is None or waited >= MOST_WAITS)):
            return
        else:
            # Autoscalers take their time. An operator that looks at them all the time is late.
            pause = LATEST_SECONDS / 2 if again is None else max(again, LATE_SECONDS if scaled else 0.0)
            simulation.let_pass(pause)
            late += pause
            waited += 1
        version, moves = simulation.cluster.version, simulation.judge.moves
    demand(holds=False, message="nothing comes to rest")


def calm_down(simulation: Simulation, people: People) -> None:
    """Let everything come to rest, with people who do what the status tells them to type."""
    simulation.controllers.broken.clear()
    simulation.prober.wrong.clear()
    simulation.callers.ill.clear()
    simulation.provider.ill.clear()
    simulation.provider.trouble = Trouble.NONE
    simulation.cluster.refused.clear()
    simulation.scraping.change(simulation.now, LOAD)
    simulation.scraping.away = False
    if "autoscaling" in people.asked:
        people.ask(autoscaling=USUAL)
    if not people.asked["replicas"]:
        people.ask(replicas=2 if "maxSurge" in people.asked.get("rollout", {}) else 1)
    settle(simulation)
    for _ in range(MOST_COMMANDS):
        told = _TO_TYPE.search(_ready(simulation)["message"])
        if told is None:
            return
        people.annotate(told[1], told[2].rstrip("."))
        settle(simulation)
    demand(holds=False, message=f"what the status says is of no help: {_ready(simulation)}")


def check_end(simulation: Simulation, people: People) -> None:
    """Demand that the end is that of a team that asked for the same at once, and undisturbed."""
    simulation.weather = Weather()
    while simulation.paused:
        simulation.wake()
    if simulation.resource is None or "deletionTimestamp" in simulation.resource["metadata"]:
        if simulation.resource:
            simulation.cluster.remove(simulation.world.resource)
        settle(simulation)
        demand(
            [ref.kind for ref in simulation.cluster.objects] == ["Gateway"],
            f"left behind: {[str(ref) for ref in simulation.cluster.objects]}",
        )
        return
    calm_down(simulation, people)
    written, asked_at = len(simulation.cluster.requests), simulation.provider.asked_at
    simulation.let_pass(INTERVAL_SECONDS)
    simulation.operate()
    demand(simulation.provider.asked_at == asked_at, "a provider of metrics is asked at rest")
    demand(len(simulation.cluster.requests) == written, "something is written at rest")
    matters = {key: said for key, said in people.asked.items() if key not in {"rollout", "slo"}}
    end, asked = end_of(simulation), undisturbed(canonical(matters))
    for what in sorted({*end, *asked}):
        demand(end.get(what) == asked.get(what), f"{what} ends as {end.get(what)}, not as {asked.get(what)}")


def end_of(simulation: Simulation) -> Object:
    """Return what can be seen of the end, without the traces of how it came about."""
    shape = simulation.world.shape()
    route: Any = next((seen for what, seen in shape.items() if what.startswith("HTTPRoute")), None)
    for rule in rules_of(route):
        rule["backendRefs"] = [backend for backend in rule["backendRefs"] if backend["weight"]]
    named = reached(route)
    for seen in (seen for what, seen in shape.items() if what.startswith("Deployment")):
        container = seen["spec"].pop("template")["spec"]["containers"][0]
        # The rest of it holds a key that is made of the resource's uid.
        seen["spec"]["image"] = container["image"]
    for seen in (seen for what, seen in shape.items() if what.startswith("ConfigMap")):
        # One of its files holds such a key.
        seen["data"] = sorted(seen["data"])
    for what, seen in shape.items():
        if what.startswith("pods of"):
            shape[what] = [[_timeless(each) for each in conditions] for conditions in seen]
    del shape["status"]["history"]
    # What was asked for is no end of anything.
    shape.pop(str(simulation.world.resource))
    return {what: seen for what, seen in shape.items() if not _trace(what, named)}


def _timeless(condition: Object) -> Object:
    return {key: said for key, said in condition.items() if key != "lastTransitionTime"}


def _trace(what: str, named: set[str]) -> bool:
    """Tell whether something only shows how the end came about: records, and free places in the route."""
    kind, _, name = what.rpartition("/")
    kept = kind.startswith("Service") and named and name not in {NAME, *named}
    return kind.startswith("ControllerRevision") or bool(kept)


@cache
def undisturbed(asked: str) -> Object:
    """Return the end of a team that *asked* for this, as JSON, from the beginning."""
    with Simulation() as simulation:
        people = People(simulation, **json.loads(asked))
        calm_down(simulation, people)
        return end_of(simulation)


def _ready(simulation: Simulation) -> Object:
    status = (simulation.resource or {}).get("status") or {}
    found: Object = next(each for each in status["conditions"] if each["type"] == "Ready")
    return found
