"""The model `e2e/models/echo`, which needs no torch: quick to start, many fit on a machine."""

from __future__ import annotations

from typing import Any

from e2e import scenario
from tests.support.cluster_view import View

MODEL = "echo"
_SOURCES = scenario.MODELS / MODEL


def put(view: View) -> None:
    """Put the model on the claim `models`."""
    files = (path for path in sorted(_SOURCES.rglob("*")) if path.is_file())
    scenario.put_files(view, {f"{MODEL}/{path.relative_to(_SOURCES)}": path.read_bytes() for path in files})


def resource(name: str, **spec: Any) -> scenario.Object:
    """Return a ModelDeployment of it."""
    found = scenario.fraud(MODEL, name=name, **spec)
    found["spec"]["model"]["name"] = MODEL
    found["spec"]["runtime"]["resources"]["requests"]["memory"] = "150Mi"
    return found
