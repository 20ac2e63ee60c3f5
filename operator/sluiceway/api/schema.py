"""From pydantic models to the structural OpenAPI schemas of a CustomResourceDefinition.

Structural schemas have no references, no titles, one type per value and no null
(https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/).
"""

from typing import Any

from sluiceway.api.meta import ApiModel

Schema = dict[str, Any]

_KEPT = (
    "type",
    "format",
    "description",
    "default",
    "enum",
    "pattern",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
    "required",
)
_KNOWN = (*_KEPT, "title", "properties", "items", "additionalProperties", "anyOf", "const")


def structural_schema(model: type[ApiModel]) -> Schema:
    """The schema of *model*, in the form that Kubernetes accepts.

    :raises ValueError: when the model uses something that a structural schema can not say.
    """
    schema = model.model_json_schema(by_alias=True)
    definitions = schema.pop("$defs", {})
    return _convert(schema, definitions, model.__name__)


def _convert(schema: Schema, definitions: dict[str, Schema], place: str) -> Schema:
    schema = _resolve(schema, definitions)
    extensions = {key: value for key, value in schema.items() if key.startswith("x-kubernetes-")}
    if unknown := [key for key in schema if key not in _KNOWN and key not in extensions]:
        raise ValueError(f"{place}: not possible in a structural schema: {', '.join(unknown)}")
    result = {key: schema[key] for key in _KEPT if key in schema}
    if "anyOf" in schema:
        if not extensions.get("x-kubernetes-int-or-string"):
            raise ValueError(f"{place}: a structural schema has one type per value")
        del result["type"]
        result["anyOf"] = schema["anyOf"]
    if "const" in schema:
        result["enum"] = [schema["const"]]
    if "description" in result:
        result["description"] = " ".join(result["description"].split())
    if result.get("default", 0) in (None, "", [], {}):
        del result["default"]  # absent means the same, and is not written into every resource
    if "properties" in schema:
        result["properties"] = {
            name: _convert(value, definitions, f"{place}.{name}")
            for name, value in schema["properties"].items()
        }
    for key in ("items", "additionalProperties"):
        if key in schema:
            result[key] = _convert(schema[key], definitions, f"{place}.{key}")
    return result | extensions


def _resolve(schema: Schema, definitions: dict[str, Schema]) -> Schema:
    """*schema* with its reference followed and its "or null" dropped; what it says itself comes first."""
    if "$ref" in schema:
        target = definitions[schema["$ref"].rpartition("/")[2]]
        own = {key: value for key, value in schema.items() if key != "$ref"}
        return _resolve({**target, **own}, definitions)
    choices = [choice for choice in schema.get("anyOf", ()) if choice != {"type": "null"}]
    if len(choices) == 1:
        own = {key: value for key, value in schema.items() if key != "anyOf"}
        return _resolve({**choices[0], **own}, definitions)
    return schema
