"""Do autoscalers work? What they do not know is told with what is missing, and never makes Ready false."""

from __future__ import annotations

from collections.abc import Iterator

from sluiceway.api.autoscaling import AutoscalerClass
from sluiceway.api.reasons import Reason
from sluiceway.build.objects import Object
from sluiceway.core.finding import Finding
from sluiceway.core.keda import by_keda
from sluiceway.core.memory import Memory
from sluiceway.core.pods import condition
from sluiceway.core.state import State

_NOT_ASKED_FOR = Finding(Reason.NOT_CONFIGURED, "the spec asks for no autoscaler")
_PAGE = "docs/how-to/autoscaling.md"
_RESOURCES = "cpu and memory come from metrics-server: is it installed, and does it see these pods?"
_ADAPTER = (
    "metrics of Triton come from an adapter such as prometheus-adapter: does Prometheus scrape port 8002 of"
    f" these pods, and has the adapter the rules of {_PAGE}?"
)
_OUTSIDE = (
    "metrics from outside come through KEDA, or through another adapter: does it run, and can it reach what"
    " it asks? With KEDA, kubectl describe scaledobject tells"
)
_ADVICE = {
    "FailedGetResourceMetric": _RESOURCES,
    "FailedGetContainerResourceMetric": _RESOURCES,
    "FailedGetPodsMetric": _ADAPTER,
    "FailedGetExternalMetric": _OUTSIDE,
}
"""What to look at, by the reason of `ScalingActive` (Kubernetes, pkg/controller/podautoscaler)."""


def scaling(state: State, after: Memory) -> Finding:
    """Return whether the autoscalers know what they go by; those without pods that answer can not yet."""
    given = state.owner.spec.autoscaling
    if given is None:
        return _NOT_ASKED_FOR
    if given.autoscaler_class is AutoscalerClass.SCALED_OBJECT and (found := by_keda(state, after)):
        return found
    measured = {name: state.autoscaler(name) for name in after.live if state.ready_pods(name)}
    if not measured:
        return Finding(Reason.AUTOSCALER_PENDING, "nothing is measured before a pod is ready")
    known = {name: each for name, each in measured.items() if each is not None}
    if trouble := next((one for name, each in known.items() for one in _troubles(name, each)), None):
        return trouble
    silent = [name for name, each in measured.items() if not each or not _has_spoken(each)]
    if silent:
        words = f"the autoscaler of {' and '.join(silent)} has not measured anything yet"
        return Finding(Reason.AUTOSCALER_PENDING, words)
    return Finding(Reason.AUTOSCALING, "; ".join(_range(state, name, each) for name, each in known.items()))


def _troubles(name: str, autoscaler: Object) -> Iterator[Finding]:
    able, active = condition(autoscaler, "AbleToScale"), condition(autoscaler, "ScalingActive")
    if able.get("status") == "False":
        words = f"the autoscaler of {name} can not scale it: {_said(able)}"
        yield Finding(Reason.UNABLE_TO_SCALE, words)
    if active.get("status") == "False":
        advice = _ADVICE.get(active.get("reason", ""), f"see {_PAGE}")
        words = f"the autoscaler of {name} does not know what it goes by, so that its pods stay as many as"
        yield Finding(Reason.METRIC_UNKNOWN, f"{words} they are: {_said(active)}. {advice}")


def _has_spoken(autoscaler: Object) -> bool:
    return bool(condition(autoscaler, "ScalingActive"))


def _range(state: State, name: str, autoscaler: Object) -> str:
    spec, limited = autoscaler["spec"], condition(autoscaler, "ScalingLimited")
    # KEDA's autoscaler begins at 1: to and from 0 it goes by itself.
    by_keda = (state.scaled_object(name) or {"spec": {}})["spec"]
    words = f"{name} has {by_keda.get('minReplicaCount', spec['minReplicas'])} to {spec['maxReplicas']} pods"
    if limited.get("status") == "True" and limited.get("reason") == "TooManyReplicas":
        words += ", and its load asks for more"
    return words


def _said(found: Object) -> str:
    return f"{found.get('reason')}: {' '.join(str(found.get('message') or '').split())}"
