"""Does KEDA do what a ScaledObject asks of it? In its own words, with what to look at."""

from __future__ import annotations

from sluiceway.api.reasons import Reason
from sluiceway.build.objects import Object
from sluiceway.core.capacity import live_replicas
from sluiceway.core.finding import Finding
from sluiceway.core.memory import Memory
from sluiceway.core.pods import condition
from sluiceway.core.state import State

ASLEEP = (
    "no pods, since nobody asks: KEDA starts one when a trigger is active, and callers get errors until then"
)
"""What is said of a revision that sleeps."""
_MISSING = Finding(
    Reason.KEDA_MISSING,
    "this cluster has no KEDA (ScaledObject, keda.sh/v1alpha1), so that the pods stay as many as they are:"
    " install KEDA, or set autoscaling.class to HorizontalPodAutoscaler",
)


def by_keda(state: State, after: Memory) -> Finding | None:
    """Return what is to be said of KEDA: what keeps it from its work, or that it has ended the last pod.

    None while its autoscalers have the word.
    """
    if not state.observed.keda:
        return _MISSING
    found = {name: state.scaled_object(name) for name in after.live}
    known = {name: each for name, each in found.items() if each is not None}
    if trouble := next(filter(None, (_trouble(name, each) for name, each in known.items())), None):
        return trouble
    unseen = [name for name, each in found.items() if not each or not condition(each, "Ready")]
    if unseen:
        words = f"KEDA has not taken up {' and '.join(unseen)} yet: does its operator run?"
        return Finding(Reason.AUTOSCALER_PENDING, words)
    if after.live and not any(live_replicas(state, name) for name in after.live):
        return Finding(Reason.AUTOSCALING, ASLEEP)
    return None


def _trouble(name: str, scaled_object: Object) -> Finding | None:
    ready, paused = condition(scaled_object, "Ready"), condition(scaled_object, "Paused")
    look = f"see kubectl describe scaledobject {name}"
    if paused.get("status") == "True":
        words = f"KEDA has paused {name}, as an annotation of its ScaledObject asks for; {look}"
        return Finding(Reason.UNABLE_TO_SCALE, words)
    if ready.get("status") == "False":
        said = f"{ready.get('reason')}: {' '.join(str(ready.get('message') or '').split())}"
        words = f"KEDA can not scale {name}, so that its pods stay as many as they are: {said}; {look}"
        return Finding(Reason.METRIC_UNKNOWN, words)
    return None
