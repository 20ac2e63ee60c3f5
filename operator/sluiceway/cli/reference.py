"""The reference page of ModelDeployment: `python -m sluiceway.cli.reference` prints it."""

from collections.abc import Iterator
from typing import Any

from sluiceway.api import names
from sluiceway.api.crd import custom_resource_definition

Schema = dict[str, Any]

FILE_NAME = "modeldeployment.md"

_HEAD = f"""# {names.KIND}

<!-- Generated from operator/sluiceway/api. Change it there. -->

`apiVersion: {names.API_VERSION}`, `kind: {names.KIND}`, short name `{names.SHORT}`.

A refusal is what the API server answers when a field does not meet its rule.
"""
_AS_IN_A_POD = ("affinity", "labelSelector")
_BOUNDS = (
    ("minimum", "at least {}"),
    ("maximum", "at most {}"),
    ("maxLength", "at most {} characters"),
    ("minItems", "at least {} items"),
    ("maxItems", "at most {} items"),
    ("maxProperties", "at most {} entries"),
)


def render() -> str:
    """The page in Markdown: every field with its type, bounds, default, meaning and rules."""
    resource = custom_resource_definition()["spec"]["versions"][0]["schema"]["openAPIV3Schema"]
    parts = [_HEAD, f"{resource['description']}\n", *_rules(resource)]
    for name in ("spec", "status"):
        part = resource["properties"][name]
        rows = "\n".join(_rows(part, name))
        parts.append(f"## {name}\n\n{part['description']}\n")
        parts.append(f"| Field | Type | Meaning |\n|---|---|---|\n{rows}\n")
    return "\n".join(parts)


def _rows(schema: Schema, path: str) -> Iterator[str]:
    for name, field in schema.get("properties", {}).items():
        here = f"{path}.{name}"
        required = "" if name not in schema.get("required", ()) else " **Required.**"
        as_in_a_pod = name in _AS_IN_A_POD
        also = " Written as in a Pod." if as_in_a_pod else ""
        rules = "".join(f"<br>Refusal: *{rule}.*" for rule in _messages(field))
        yield f"| `{here}` | {_kind(field)} | {field['description']}{also}{required}{rules} |"
        if as_in_a_pod:
            continue
        yield from _rows(field, here)
        yield from _rows(field.get("items", {}), f"{here}[]")


def _kind(field: Schema) -> str:
    if "enum" in field:
        kind = " or ".join(f"`{value}`" for value in field["enum"])
    elif field.get("type") == "array":
        kind = f"list of {field['items'].get('type', 'value')}s"
    elif "additionalProperties" in field:
        kind = "map"
    else:
        kind = field.get("type", "integer or string")
    bounds = [text.format(field[key]) for key, text in _BOUNDS if key in field]
    if "default" in field and field["type"] != "object":
        bounds.append(f"default `{field['default']}`")
    return ", ".join((kind, *bounds))


def _rules(schema: Schema) -> list[str]:
    return [f"Refusal: *{message}.*\n" for message in _messages(schema)]


def _messages(field: Schema) -> list[str]:
    """What the API server asks of a field, of the items in it and of the values in it."""
    inner = [field.get("items", {}), field.get("additionalProperties", {})]
    return [one["message"] for part in (field, *inner) for one in part.get("x-kubernetes-validations", ())]


if __name__ == "__main__":
    print(render(), end="")
