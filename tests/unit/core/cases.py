"""Cases to judge."""

from __future__ import annotations

from typing import Any

from sluiceway.api.slo import Slo
from sluiceway.core.case import Case

ANSWERS = {"name": "answers", "type": "ErrorRate", "targetPercent": "99.5"}
FAST = {"name": "fast", "type": "Latency", "thresholdMilliseconds": 250, "targetPercent": "99"}


def case(*objectives: dict[str, Any], compared: bool = True, attempt: int = 1, **given: Any) -> Case:
    """Return the case of a candidate `new` beside a stable `old`, as the API has it."""
    slo = Slo.model_validate({"objectives": list(objectives) or [ANSWERS], **given})
    return Case(
        revision="new",
        attempt=attempt,
        beside="old",
        compared=compared,
        step=1,
        objectives=slo.all_objectives,
        alpha=slo.alpha,
        samples=slo.hiccup_samples,
        min_requests=slo.min_requests,
    )
