"""Changes of objects in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sluiceway.api import names
from sluiceway.build.objects import Object, revision_of
from sluiceway.core.memory import Memory, outcome_of, recall
from sluiceway.core.pods import has_started, is_ready
from sluiceway.core.state import weights_of
from tests.fakes.objects import NAME
from tests.fakes.routes import by_header, taken_up
from tests.simulation.history import Change


def line(change: Change) -> str:
    """Return what a change is about, "" when it is not worth telling."""
    if change.after is None:
        was_known = change.ref.kind == "Pod" and _leaves(change.before or {"metadata": {}})
        return "" if was_known else f"deletes {change.ref.kind} {change.ref.name}"
    tell = {
        "HTTPRoute": _route,
        "Service": _service,
        "Pod": _pod,
        "Deployment": _deployment,
        "ControllerRevision": _record,
        names.KIND: _resource,
    }.get(change.ref.kind)
    return tell(change.before or {"metadata": {}}, change.after) if tell else ""


def _route(before: Object, after: Object) -> str:
    shares = ", ".join(f"{name} {weight}" for name, weight in weights_of(after).items())
    if before.get("spec") == after["spec"] and before.get("status") != after.get("status"):
        return f"takes up {shares}" if taken_up(after) else "says something of the route"
    chosen = by_header(after)
    asked = ", ".join(name for name in weights_of(after) if name in chosen)
    remembered = _remembered(recall([after], ""))
    return f"route {shares}" + (f"; by header {asked}" if asked else "") + remembered


def _remembered(memory: Memory) -> str:
    told = {
        f"step {memory.step}": memory.weight,
        f"{memory.candidate} is tried": memory.candidate and not memory.weight,
        "the clock stands still": memory.weight and not memory.since,
        f"{memory.previous} is kept": memory.previous,
        f"{', '.join(memory.leaving)} leaves": memory.leaving,
    }
    words = [what for what, holds in told.items() if holds]
    return f" ({'; '.join(words)})" if words else ""


def _service(before: Object, after: Object) -> str:
    if after["metadata"]["name"] != NAME:
        return ""
    to = after["spec"]["selector"][names.LABEL_REVISION]
    remembered = _remembered(recall([after], ""))
    return f"Service {NAME} leads to {to}{remembered}"


def _deployment(before: Object, after: Object) -> str:
    count = after["spec"]["replicas"]
    if (before.get("spec") or {}).get("replicas") == count:
        return ""
    return f"{count} pod{'' if count == 1 else 's'} for {after['metadata']['name']}"


def _record(before: Object, after: Object) -> str:
    outcome, name = outcome_of(after), after["metadata"]["name"]
    if outcome and outcome != outcome_of(before):
        told = f", {outcome.message}" if outcome.message else ""
        return f"record of {name}: {outcome.reason} (attempt {outcome.attempt}){told}"
    if names.ANNOTATION_SIGNATURE in _annotations(after).keys() - _annotations(before).keys():
        return f"record of {name}: verified"
    return "" if "spec" in before or "data" in before else f"record of {name}, revision {after['revision']}"


def _pod(before: Object, after: Object) -> str:
    name = revision_of(after)
    told = {
        f"a pod of {name} is created": "status" not in before,
        f"a pod of {name} ends": _leaves(after) and not _leaves(before),
        f"a pod of {name} answers": is_ready(after) and not is_ready(before),
        f"a pod of {name} does not answer any more": is_ready(before) and not is_ready(after),
        f"a pod of {name} loads the model": has_started(after),
        f"a pod of {name} crashes": not has_started(after),
    }
    return next((what for what, holds in told.items() if holds), "")


def _resource(before: Object, after: Object) -> str:
    asked = _news(before.get("spec") or {}, after["spec"])
    commands = _news(_annotations(before), _annotations(after))
    if asked or commands:
        return f"asks for {asked}" if asked else f"annotates {commands}"
    if _leaves(after) and not _leaves(before):
        return "deletes the ModelDeployment"
    was, now = (_ready(obj.get("status") or {}) for obj in (before, after))
    return f"says Ready={now}" if now and was != now else "" if now else "deletes the status"


def _news(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    changed = sorted(key for key in {*before, *after} - {"model"} if before.get(key) != after.get(key))
    return ", ".join(f"{key.rpartition('/')[2]} {_words(after.get(key))}" for key in changed)


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{key} {_words(item)}" for key, item in value.items())
    return ", ".join(map(_words, value)) if isinstance(value, list) else str(value)


def _ready(status: Object) -> str:
    found = next((each for each in status.get("conditions", []) if each["type"] == "Ready"), None)
    return f"{found['status']} {found['reason']}: {found['message']}" if found else ""


def _annotations(obj: Object) -> Mapping[str, str]:
    return obj["metadata"].get("annotations") or {}


def _leaves(obj: Object) -> bool:
    return "deletionTimestamp" in obj["metadata"]
