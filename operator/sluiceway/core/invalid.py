"""A resource that can not be read: said in its status, and nothing that serves is touched."""

from __future__ import annotations

from datetime import datetime

from pydantic import ValidationError

from sluiceway.api.reasons import ConditionType, Reason
from sluiceway.api.status import ModelDeploymentStatus
from sluiceway.build.objects import Object
from sluiceway.core.conditions import Verdict, stamped
from sluiceway.core.events import events
from sluiceway.core.plan import Plan

_SHOWN = 3
_UNKNOWN: Verdict = (None, Reason.INVALID_SPEC, "not known while the spec can not be read")


def refuse(resource: Object, error: ValidationError, now: datetime) -> Plan:
    """Return a plan that only says what is wrong; what was known before stays as it was."""
    places = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:_SHOWN]]
    message = f"the spec can not be read, so nothing is changed: {'; '.join(places)}"
    generation = resource["metadata"].get("generation", 0)
    try:
        before = ModelDeploymentStatus.model_validate(resource.get("status") or {})
    except ValidationError:
        before = ModelDeploymentStatus()
    wrong: dict[ConditionType, Verdict] = {
        ConditionType.READY: (False, Reason.INVALID_SPEC, message),
        ConditionType.RECONCILING: (False, Reason.INVALID_SPEC, message),
        ConditionType.STALLED: (True, Reason.INVALID_SPEC, message),
    }
    verdicts = dict.fromkeys(ConditionType, _UNKNOWN) | wrong
    said = {one["type"]: one for one in stamped(verdicts, before.conditions, generation, now)}
    known = {
        one.type: one.to_dict()
        for one in before.conditions
        if one.type not in wrong and one.reason != Reason.INVALID_SPEC
    }
    status = before.to_dict() | {
        "observedGeneration": generation,
        "conditions": [*(said | known).values()],
    }
    status.pop("commands", None)  # Nobody reads them while the spec can not be read.
    after = ModelDeploymentStatus.model_validate(status)
    if after == before:
        return Plan()
    return Plan(status=status, events=events(before, after), notes=(message,))
