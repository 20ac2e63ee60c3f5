"""Whose object is it? A name that belongs to somebody else is never written to."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

from sluiceway.api import names
from sluiceway.api.resource import ModelDeployment
from sluiceway.build.autoscaler import KIND as AUTOSCALER
from sluiceway.build.objects import Object, label_of
from sluiceway.build.scaled_object import KIND as SCALED_OBJECT


class Holder(Enum):
    """Who an object belongs to, as one resource sees it."""

    US = auto()
    NOBODY = auto()
    """Ours once, as its labels tell, and without a controller now: it is adopted."""
    KEDA = auto()
    """Made, or taken over, by KEDA for a ScaledObject of ours: looked at, deleted, and never written."""
    SOMEBODY_ELSE = auto()


def holder(owner: ModelDeployment, obj: Object) -> Holder:
    """Tell whose *obj* is: by its controller's uid, or by our labels when it has no controller.

    An orphan comes from `kubectl delete --cascade=orphan` or from a restored backup.
    """
    controller = controller_of(obj)
    labelled = (
        label_of(obj, names.LABEL_MANAGED_BY) == names.MANAGED_BY
        and label_of(obj, names.LABEL_MODEL_DEPLOYMENT) == owner.metadata.name
    )
    if controller:
        if controller.get("uid") == owner.metadata.uid:
            return Holder.US
        return Holder.KEDA if labelled and _is_by_keda(obj, controller) else Holder.SOMEBODY_ELSE
    ours_once = labelled and names.ANNOTATION_INTENT in (obj["metadata"].get("annotations") or {})
    return Holder.NOBODY if ours_once else Holder.SOMEBODY_ELSE


def controller_of(obj: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the controlling ownerReference, {} when there is none."""
    references = obj["metadata"].get("ownerReferences") or []
    return next((reference for reference in references if reference.get("controller")), {})


def _is_by_keda(obj: Object, controller: Mapping[str, Any]) -> bool:
    """Tell whether *obj* is the autoscaler of a ScaledObject of the same name, from which it has its labels.

    By name and not by uid: it is there for a moment longer than that.
    """
    found = (obj["kind"], controller.get("kind"), controller.get("name"))
    return found == (AUTOSCALER, SCALED_OBJECT, obj["metadata"]["name"])


def describe_holder(owner: ModelDeployment, obj: Object) -> str:
    """Say in words who holds *obj*, which is not *owner*."""
    controller = controller_of(obj)
    if (controller.get("kind"), controller.get("name")) == (names.KIND, owner.metadata.name):
        return f"an earlier ModelDeployment {owner.metadata.name} that is being deleted"
    if controller:
        return f"{controller.get('kind')} {controller.get('name')}"
    return "somebody else"
