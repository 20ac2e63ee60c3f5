"""The model `e2e/models/echo`, which needs no torch: quick to start, many fit on a machine."""

from __future__ import annotations

import base64
from typing import Any

from e2e import scenario
from tests.support.cluster_view import View

MODEL = "echo"
_SOURCES = scenario.MODELS / MODEL


def put(view: View) -> None:
    """Put the model on the claim `models`."""
    lines = []
    for path in sorted(_SOURCES.rglob("*")):
        if path.is_file():
            target = f"/models/{MODEL}/{path.relative_to(_SOURCES)}"
            text = base64.b64encode(path.read_bytes()).decode()
            lines.append(f"mkdir -p $(dirname {target}); echo {text} | base64 -d > {target}")
    scenario.in_pod(view, "\n".join(lines))


def resource(name: str, **spec: Any) -> scenario.Object:
    """Return a ModelDeployment of it."""
    found = scenario.fraud(MODEL, name=name, **spec)
    found["spec"]["model"]["name"] = MODEL
    found["spec"]["runtime"]["resources"]["requests"]["memory"] = "150Mi"
    return found
