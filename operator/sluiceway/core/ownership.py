"""Whose object is it? A name that belongs to somebody else is never written to."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import Any

from sluiceway.api import names
from sluiceway.api.resource import ModelDeployment
from sluiceway.build.objects import Object, label_of


class Holder(Enum):
    """Who an object belongs to, as one resource sees it."""

    US = auto()
    NOBODY = auto()
    """Ours once, as its labels tell, and without a controller now: it is adopted."""
    SOMEBODY_ELSE = auto()


def holder(owner: ModelDeployment, obj: Object) -> Holder:
    """Tell whose *obj* is: by its controller's uid, or by our labels when it has no controller.

    An orphan comes from `kubectl delete --cascade=orphan` or from a restored backup.
    """
    controller = controller_of(obj)
    if controller:
        return Holder.US if controller.get("uid") == owner.metadata.uid else Holder.SOMEBODY_ELSE
    ours_once = (
        label_of(obj, names.LABEL_MANAGED_BY) == names.MANAGED_BY
        and label_of(obj, names.LABEL_MODEL_DEPLOYMENT) == owner.metadata.name
        and names.ANNOTATION_INTENT in (obj["metadata"].get("annotations") or {})
    )
    return Holder.NOBODY if ours_once else Holder.SOMEBODY_ELSE


def controller_of(obj: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the controlling ownerReference, {} when there is none."""
    references = obj["metadata"].get("ownerReferences") or []
    return next((reference for reference in references if reference.get("controller")), {})


def describe_holder(owner: ModelDeployment, obj: Object) -> str:
    """Say in words who holds *obj*, which is not *owner*."""
    controller = controller_of(obj)
    if (controller.get("kind"), controller.get("name")) == (names.KIND, owner.metadata.name):
        return f"an earlier ModelDeployment {owner.metadata.name} that is being deleted"
    if controller:
        return f"{controller.get('kind')} {controller.get('name')}"
    return "somebody else"
