"""The places of a schema, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sluiceway.api.crd import custom_resource_definition

Schema = dict[str, Any]


def resource_schema() -> Schema:
    schema: Schema = custom_resource_definition()["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    return schema


def places(schema: Schema, path: str = "") -> Iterator[tuple[str, Schema]]:
    """Yield every schema inside *schema*, each with its path."""
    yield path, schema
    for name, value in schema.get("properties", {}).items():
        yield from places(value, f"{path}.{name}")
    for key, sign in (("items", "[]"), ("additionalProperties", "{}")):
        if key in schema:
            yield from places(schema[key], path + sign)


def fields(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield what users write: every named field, and every object in a list."""
    return (
        (path, value)
        for path, value in places(schema)
        if not path.startswith(".metadata") and (not path.endswith(("[]", "{}")) or "properties" in value)
    )
