"""`lint`: what the API server would refuse of a file, told without one.

Three checks, each where it is at home: the structure by the CRD's schema, values by the pydantic models
(of which the schema is made), and the CEL rules of the CRD, evaluated.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import ValidationError

from sluiceway.api import names
from sluiceway.api.crd import custom_resource_definition
from sluiceway.api.resource import ModelDeployment
from sluiceway.kubectl.lines import Document, Path, Unreadable, documents
from sluiceway.kubectl.rules import holds
from sluiceway.kubectl.structure import Mistake, field_schema, filled, mistakes, rules

NOT_CHECKED = (
    "Not checked, since only a cluster knows: whether the claim, the gateway, Secrets and ConfigMaps exist,"
    " what quotas and admission webhooks say, and what Kubernetes itself refuses of a pod."
)


@dataclass(frozen=True)
class Finding:
    """Something that would be refused."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}{': ' if self.field else ''}{self.message}"


@dataclass(frozen=True)
class Linted:
    """What was looked at, and what is wrong with it."""

    checked: int = 0
    """How many ModelDeployments there are."""
    passed_over: int = 0
    """How many objects of other kinds."""
    findings: tuple[Finding, ...] = ()


def lint(file: str, text: str) -> Linted:
    """Check every ModelDeployment in a text of YAML or JSON."""
    checked, others, found = 0, 0, []
    try:
        for document in documents(text):
            for path, value in _objects(document.value, ()):
                if not _is_ours(value):
                    others += 1
                    continue
                checked += 1
                found += [_at(file, document, path, each) for each in _wrong(value)]
    except Unreadable as error:
        found.append(Finding(file, error.line, "", str(error)))
    return Linted(checked, others, tuple(sorted(found, key=lambda each: (each.line, each.field))))


def _objects(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Yield the objects of a document: itself, or the items of a List."""
    items = value.get("items") if isinstance(value, dict) and value.get("kind") == "List" else None
    if not isinstance(items, list):
        yield path, value
        return
    for number, item in enumerate(items):
        yield from _objects(item, (*path, "items", number))


def _is_ours(value: Any) -> bool:
    if not isinstance(value, dict):
        return False
    return value.get("kind") == names.KIND or str(value.get("apiVersion")).startswith(f"{names.GROUP}/")


def _at(file: str, document: Document, root: tuple[str | int, ...], each: Mistake) -> Finding:
    return Finding(file, document.line((*root, *each.path)), dotted(each.path), each.words)


def dotted(path: Path) -> str:
    """Return a path as the API server writes it, such as spec.rollout.steps[1].weight."""
    found, schema = "", _schema()
    for part in path:
        in_brackets = isinstance(part, int) or "additionalProperties" in schema
        found += f"[{part}]" if in_brackets else f".{part}"
        schema = schema.get("items", {}) if isinstance(part, int) else field_schema(schema, part)
    return found.lstrip(".")


def _wrong(value: Any) -> Iterator[Mistake]:
    """Yield what is wrong with one ModelDeployment; one mistake hides what only follows from it."""
    if (value.get("apiVersion"), value.get("kind")) != (names.API_VERSION, names.KIND):
        yield Mistake(("apiVersion",), f"write apiVersion: {names.API_VERSION} and kind: {names.KIND}")
        return
    schema = _schema()
    found = list(mistakes(schema, value))
    by_bounds, by_validators = _by_models(value)
    found += [each for each in by_bounds if not _told(each, found)]
    # As the API server does, rules are only asked about what has the right form.
    found += [
        Mistake((*place.path, *place.field), place.message)
        for place in rules(schema, filled(schema, value))
        if not any(_below(each.path, place.path) for each in found) and not holds(place.rule, place.value)
    ]
    # The models check some of what the rules say once more, in other words.
    yield from (*found, *(each for each in by_validators if not _told(each, found)))


def _told(each: Mistake, found: Iterable[Mistake]) -> bool:
    """Tell whether something was found above, at or below the place already."""
    return any(_below(each.path, other.path) or _below(other.path, each.path) for other in found)


def _below(path: Path, place: Path) -> bool:
    return path[: len(place)] == place


def _by_models(value: Any) -> tuple[list[Mistake], list[Mistake]]:
    """Return what is out of bounds, and what validators in the models say beside that."""
    metadata = value.get("metadata")
    known = {"namespace": "default"} | metadata if isinstance(metadata, dict) else metadata
    bounds: list[Mistake] = []
    validators: list[Mistake] = []
    try:
        ModelDeployment.parse(value | {"metadata": known, "status": {}})
    except ValidationError as error:
        for each in error.errors(include_url=False):
            mistake = Mistake(tuple(each["loc"]), each["msg"].removeprefix("Value error, "))
            (validators if each["type"] == "value_error" else bounds).append(mistake)
    return bounds, validators


@cache
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = custom_resource_definition()["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    # A status in a file is nobody's mistake: the API server passes it over.
    return schema | {"properties": {key: one for key, one in schema["properties"].items() if key != "status"}}
