"""When a new revision may get a larger share of the requests."""

from __future__ import annotations

from datetime import timedelta

from sluiceway.api.rollout import Step
from sluiceway.core.steps import ALL, pods_for
from tests.simulation.carried import need
from tests.simulation.demands import demand
from tests.simulation.history import History
from tests.simulation.passes import Pass
from tests.simulation.routes import taken_up
from tests.simulation.rules.metrics import demand_measurements


def demand_reasons_to_raise(history: History, seen: Pass, name: str, before: int, after: int) -> None:
    """Demand all that must hold before *name* gets more than *before* percent.

    The same number twice stands for the moment in which it takes over.
    """
    what = f"{name} gets {after} % instead of {before} %"
    demand(history.wanted(seen) == name, f"{what}, though the spec asks for another revision")
    demand(name not in history.refused, f"{what}, though it was aborted and nobody wants it tried again")
    demand(history.aborted(seen) != name or history.retried(seen) == name, f"{what}, though it was aborted")
    demand(name in history.verified, f"{what}, and has not given its golden answers")
    needed = pods_for(after, need(history.capacity, seen.owner, seen.looked))
    answering = seen.answering(name)
    demand(answering >= max(needed, 1), f"{what}, and {answering} of {needed} pods answer")
    at_once = after == ALL and seen.windowed and name in history.returnable - history.doubted
    next_step = after == _following(seen.steps, before)
    demand(next_step or at_once or before == after == ALL, f"{what}: not the next step")
    if seen.route and seen.owner.spec.traffic is not None and before != after:
        demand(taken_up(seen.route), f"{what}, before the gateway has taken up the shares of now")
    if not seen.promoted:
        demand(not seen.paused, f"{what}, though a person paused the rollout")
        _demand_time(history, seen, what, before)


def _demand_time(history: History, seen: Pass, what: str, before: int) -> None:
    step = next((step for step in reversed(seen.steps) if step.weight <= before), None)
    if before == ALL and step and step.weight < ALL:
        return  # It got everything in this very pass, when the last step was over.
    if step is None or history.raised is None or history.excused:
        return
    demand_measurements(history, seen, what, step)
    demand(not step.gate, f"{what}, though nobody has opened the gate")
    lasted = seen.looked - history.raised - history.stood
    if history.halted:
        lasted -= seen.looked - history.halted
    demand(lasted >= timedelta(seconds=step.seconds), f"{what} after {lasted} instead of {step.seconds} s")


def _following(steps: tuple[Step, ...], weight: int) -> int:
    return next((step.weight for step in steps if step.weight > weight), ALL)
