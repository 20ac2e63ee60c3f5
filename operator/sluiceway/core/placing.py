"""May a pod go to a node at all? Labels, affinity and taints, as kube-scheduler reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sluiceway.build.objects import Object

_KEEPS_OFF = ("NoSchedule", "NoExecute")


def may_run_on(node: Object, pod: Mapping[str, Any]) -> bool:
    """Tell whether a pod with this `spec` may go to *node*, be there room or not."""
    spec = node.get("spec") or {}
    if spec.get("unschedulable"):
        return False
    labels = node["metadata"].get("labels") or {}
    if any(labels.get(key) != value for key, value in (pod.get("nodeSelector") or {}).items()):
        return False
    tolerations = pod.get("tolerations") or []
    taints = [taint for taint in spec.get("taints") or [] if taint["effect"] in _KEEPS_OFF]
    if not all(any(_tolerates(one, taint) for one in tolerations) for taint in taints):
        return False
    affinity = (pod.get("affinity") or {}).get("nodeAffinity") or {}
    required = affinity.get("requiredDuringSchedulingIgnoredDuringExecution")
    return required is None or any(_meets(node, term) for term in required["nodeSelectorTerms"])


def _tolerates(toleration: Mapping[str, Any], taint: Mapping[str, Any]) -> bool:
    """Tell whether a toleration is for a taint (`ToleratesTaint`, k8s.io/api/core/v1)."""
    if toleration.get("effect") not in (None, "", taint["effect"]):
        return False
    if toleration.get("key") not in (None, "", taint["key"]):
        return False
    if toleration.get("operator") == "Exists":
        return True
    return bool(toleration.get("key")) and (toleration.get("value") or "") == (taint.get("value") or "")


def _meets(node: Object, term: Mapping[str, Any]) -> bool:
    """Tell whether a node meets one term: all that it lists; one that lists nothing is met by none."""
    labels = node["metadata"].get("labels") or {}
    fields = {"metadata.name": node["metadata"]["name"]}
    asked = [(labels, one) for one in term.get("matchExpressions") or []]
    asked += [(fields, one) for one in term.get("matchFields") or []]
    return bool(asked) and all(
        _OPERATORS[one["operator"]](values.get(one["key"]), one.get("values") or []) for values, one in asked
    )


def _number(text: str | None) -> int | None:
    try:
        return int(text or "")
    except ValueError:
        return None


def _compares(wanted: Callable[[int, int], bool]) -> Callable[[str | None, Sequence[str]], bool]:
    def compares(value: str | None, values: Sequence[str]) -> bool:
        mine, bound = _number(value), _number(next(iter(values), None))
        return mine is not None and bound is not None and wanted(mine, bound)

    return compares


_OPERATORS: Mapping[str, Callable[[str | None, Sequence[str]], bool]] = {
    "In": lambda value, values: value in values,
    "NotIn": lambda value, values: value not in values,
    "Exists": lambda value, _: value is not None,
    "DoesNotExist": lambda value, _: value is None,
    "Gt": _compares(lambda mine, bound: mine > bound),
    "Lt": _compares(lambda mine, bound: mine < bound),
}
