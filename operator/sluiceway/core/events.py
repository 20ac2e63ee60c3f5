"""Events: on transitions only, read off what the status said before and says now.

Because they come from a difference between two statuses, a restart of the operator repeats none.
"""

from __future__ import annotations

from sluiceway.api.reasons import ConditionType, Reason
from sluiceway.api.status import Condition, ModelDeploymentStatus
from sluiceway.core.plan import Event


def events(before: ModelDeploymentStatus, after: ModelDeploymentStatus) -> tuple[Event, ...]:
    """Return what happened between two statuses, in the order in which people would tell it."""
    happened = [
        _candidate_appeared(before, after),
        _serving_changed(before, after),
        _step_changed(before, after),
        _waits(before, after),
        _turned(before, after, ConditionType.STALLED, warn_when="True"),
        _turned(before, after, ConditionType.TRAFFIC_READY, warn_when="False"),
        _turned(before, after, ConditionType.SIGNALS_AVAILABLE, warn_when="False"),
        _turned(before, after, ConditionType.AUTOSCALING_READY, warn_when="False"),
        _both_break(before, after),
        _recovered(before, after),
    ]
    # What blocks the traffic blocks the way, too: it is told once, with who goes on serving.
    distinct: dict[str, Event] = {}
    for event in filter(None, happened):
        distinct.setdefault(event.reason, event)
    return tuple(distinct.values())


def _candidate_appeared(before: ModelDeploymentStatus, after: ModelDeploymentStatus) -> Event | None:
    if not after.candidate or after.candidate == before.candidate:
        return None
    stalled = _condition(after, ConditionType.STALLED)
    if stalled and stalled.reason == Reason.NAME_CONFLICT:
        return None  # Nothing is started.
    told = next((entry for entry in after.history if entry.revision == after.candidate), None)
    why = f"; {told.message}" if told and told.message and told.outcome == Reason.PENDING else ""
    return Event("Normal", Reason.PROGRESSING, f"revision {after.candidate} is being loaded{why}")


def _serving_changed(before: ModelDeploymentStatus, after: ModelDeploymentStatus) -> Event | None:
    if not after.serving or after.serving == before.serving:
        return None
    instead = f" instead of {before.serving}" if before.serving else ""
    return Event("Normal", Reason.SERVING, f"revision {after.serving} serves{instead}")


def _step_changed(before: ModelDeploymentStatus, after: ModelDeploymentStatus) -> Event | None:
    weight = after.candidate_weight or 0
    if not after.candidate or weight == (before.candidate_weight or 0):
        return None
    if not weight:
        return Event("Warning", Reason.PROGRESSING, f"revision {after.candidate} gets no requests any more")
    at = f" at step {after.step.replace('/', ' of ')}" if after.step else ""
    return Event(
        "Normal", Reason.PROGRESSING, f"revision {after.candidate} gets {weight} % of the requests{at}"
    )


def _waits(before: ModelDeploymentStatus, after: ModelDeploymentStatus) -> Event | None:
    old, new = _condition(before, ConditionType.READY), _condition(after, ConditionType.READY)
    if new is None or new.reason not in (Reason.PAUSED, Reason.AWAITING_PROMOTION):
        return None
    # The message also tells of trouble with the pods, which comes and goes.
    same = (before.candidate, before.candidate_weight) == (after.candidate, after.candidate_weight)
    if old and old.reason == new.reason and same:
        return None
    return Event("Normal", new.reason, new.message)


def _turned(
    before: ModelDeploymentStatus, after: ModelDeploymentStatus, kind: ConditionType, *, warn_when: str
) -> Event | None:
    old, new = _condition(before, kind), _condition(after, kind)
    if new is None or new.status != warn_when:
        return None
    if old and (old.status, old.reason) == (new.status, new.reason):
        return None
    return Event("Warning", new.reason, new.message)


def _both_break(before: ModelDeploymentStatus, after: ModelDeploymentStatus) -> Event | None:
    """Tell that a rollout is held by what both revisions suffer from: no other event would."""
    new = _condition(after, ConditionType.CANDIDATE_HEALTHY)
    if new is None or new.reason != Reason.STABLE_BROKEN:
        return None
    return _turned(before, after, ConditionType.CANDIDATE_HEALTHY, warn_when="False")


def _recovered(before: ModelDeploymentStatus, after: ModelDeploymentStatus) -> Event | None:
    old, new = _condition(before, ConditionType.STALLED), _condition(after, ConditionType.STALLED)
    if old is None or new is None or (old.status, new.status) != ("True", "False"):
        return None
    return Event("Normal", "Recovered", f"{old.reason} is over")


def _condition(status: ModelDeploymentStatus, kind: ConditionType) -> Condition | None:
    return next((condition for condition in status.conditions if condition.type == kind), None)
