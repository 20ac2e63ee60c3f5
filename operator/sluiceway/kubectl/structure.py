"""The structure that a CRD's schema asks for: types, fields, keys of lists, and where its rules are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from sluiceway.api.schema import Schema
from sluiceway.build.objects import canonical

Place = tuple[str | int, ...]

_TYPES: dict[str, tuple[str, type | tuple[type, ...]]] = {
    "object": ("a map", dict),
    "array": ("a list", list),
    "string": ("text: put it in quotes", str),
    "integer": ("a whole number, without quotes", int),
    "number": ("a number, without quotes", (int, float)),
    "boolean": ("true or false, without quotes", bool),
}
_ANYTHING = ("metadata", "status")
"""What Kubernetes or the operator checks, and not this CRD's schema."""


@dataclass(frozen=True)
class Mistake:
    """Something at a place that would be refused."""

    path: Place
    words: str


@dataclass(frozen=True)
class RuleAt:
    """A CEL rule, and the value that it is about."""

    path: Place
    rule: str
    value: Any
    message: str
    field: Place
    """Which field below it people are to change."""


def filled(schema: Schema, value: Any) -> Any:
    """Return a value with the schema's defaults, as the API server has it before it evaluates rules."""
    if isinstance(value, dict) and "properties" in schema:
        absent = {
            name: one["default"]
            for name, one in schema["properties"].items()
            if name not in value and "default" in one
        }
        return {
            name: filled(schema["properties"].get(name, {}), one) for name, one in {**value, **absent}.items()
        }
    if isinstance(value, list):
        return [filled(schema.get("items", {}), one) for one in value]
    return value


def mistakes(schema: Schema, value: Any, path: Place = ()) -> Iterator[Mistake]:
    """Yield what does not fit; where a type is wrong, nothing below is looked at."""
    kind = schema.get("type", "")
    if kind and not _is(kind, value):
        yield Mistake(path, f"this has to be {_TYPES[kind][0]}" if value is not None else "this is empty")
    elif isinstance(value, dict):
        yield from _in_a_map(schema, value, path)
    elif isinstance(value, list):
        yield from _in_a_list(schema, value, path)


def rules(schema: Schema, value: Any, path: Place = ()) -> Iterator[RuleAt]:
    """Yield every rule of the schema that is about something that is there.

    Those about a change compare with what is stored, of which a file knows nothing.
    """
    for each in schema.get("x-kubernetes-validations", ()):
        if "oldSelf" in each["rule"]:
            continue
        field = tuple(filter(None, each.get("fieldPath", "").split(".")))
        yield RuleAt(path, each["rule"], value, each["message"], field)
    if isinstance(value, dict):
        for name, one in value.items():
            yield from rules(field_schema(schema, name), one, (*path, name))
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from rules(schema.get("items", {}), one, (*path, number))


def _is(kind: str, value: Any) -> bool:
    return isinstance(value, _TYPES[kind][1]) and (kind == "boolean" or not isinstance(value, bool))


def field_schema(schema: Schema, name: str) -> Schema:
    """Return the schema of a field, or of the values of a map."""
    found: Schema = schema.get("properties", {}).get(name) or schema.get("additionalProperties") or {}
    return found


def _in_a_map(schema: Schema, value: dict[Any, Any], path: Place) -> Iterator[Mistake]:
    known = schema.get("properties", {})
    free = "additionalProperties" in schema or schema.get("x-kubernetes-preserve-unknown-fields")
    for name, one in value.items():
        if not path and name in _ANYTHING:
            continue
        if known and name not in known and not free:
            near = get_close_matches(str(name), known, n=1)
            hint = f"is {near[0]} meant?" if near else f"there are {', '.join(sorted(known))}"
            yield Mistake((*path, name), f"there is no such field; {hint}")
        else:
            yield from mistakes(field_schema(schema, name), one, (*path, name))


def _in_a_list(schema: Schema, value: list[Any], path: Place) -> Iterator[Mistake]:
    if len(value) < schema.get("minItems", 0):
        yield Mistake(path, f"at least {schema['minItems']} has to stand here")
    keys = schema.get("x-kubernetes-list-map-keys") or ()
    unique = schema.get("x-kubernetes-list-type") in ("map", "set")
    items = schema.get("items", {})
    seen: set[str] = set()
    for number, one in enumerate(value):
        if unique:
            key = _key(one, keys, items)
            if key in seen:
                yield Mistake((*path, number), f"{', '.join(keys) or 'this'} {key} stands there twice")
            seen.add(key)
        yield from mistakes(items, one, (*path, number))


def _key(one: Any, keys: list[str] | tuple[()], items: Schema) -> str:
    if not keys or not isinstance(one, dict):
        return canonical(one).strip('"')
    defaults = {name: each.get("default") for name, each in items.get("properties", {}).items()}
    return ", ".join(str(one.get(key, defaults.get(key))) for key in keys)
