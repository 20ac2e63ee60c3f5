"""When a new revision may get a larger share of the requests."""

from __future__ import annotations

from datetime import timedelta

from sluiceway.api.rollout import Step
from sluiceway.core.steps import ALL, pods_for
from tests.fakes.routes import taken_up
from tests.simulation.bounds import bounds, lasting
from tests.simulation.carried import need
from tests.simulation.demands import demand
from tests.simulation.history import History
from tests.simulation.passes import Pass
from tests.simulation.rules.metrics import demand_measurements


def demand_reasons_to_raise(history: History, seen: Pass, name: str, before: int, after: int) -> None:
    """Demand all that must hold before *name* gets more than *before* percent.

    The same number twice stands for the moment in which it takes over. Where pods are bounded it may get
    what its pods carry when the step is over, on its way to the next one.
    """
    what = f"{name} gets {after} % instead of {before} %"
    demand(history.wanted(seen) == name, f"{what}, though the spec asks for another revision")
    demand(name not in history.refused, f"{what}, though it was aborted and nobody wants it tried again")
    demand(history.aborted(seen) != name or history.retried(seen) == name, f"{what}, though it was aborted")
    demand(name in history.verified, f"{what}, and has not given its golden answers")
    bound = bounds(history, seen)
    needed = (
        bound.needed(after) if bound else pods_for(after, need(history.capacity, seen.owner, seen.looked))
    )
    answering = lasting(seen, name) if bound else seen.answering(name)
    demand(answering >= max(needed, 1), f"{what}, and {answering} of {needed} pods answer")
    following, at_once = _following(seen.steps, before), _at_once(history, seen, name)
    next_step = after == following or (bound and after < following)
    demand(
        next_step or (at_once and (bound or after == ALL)) or before == after == ALL,
        f"{what}: not the next step",
    )
    if seen.route and seen.owner.spec.traffic is not None and before != after:
        demand(taken_up(seen.route), f"{what}, before the gateway has taken up the shares of now")
    demand_step_over(history, seen, name, before, what)


def demand_step_over(history: History, seen: Pass, name: str, before: int, what: str) -> None:
    """Demand that the step at which *name* has *before* percent is over."""
    if seen.promoted:
        return
    demand(not seen.paused, f"{what}, though a person paused the rollout")
    if not (bounds(history, seen) and _at_once(history, seen, name)):
        _demand_time(history, seen, what, before)


def _at_once(history: History, seen: Pass, name: str) -> bool:
    """Tell whether a revision served so lately that it takes no steps."""
    return seen.windowed and name in history.returnable - history.doubted


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
