"""What all API models share: camelCase on the wire, snake_case in code, immutable, lenient."""

from typing import Any

from pydantic import (
    BaseModel,
    ConfigDict,
    GetJsonSchemaHandler,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    model_serializer,
)
from pydantic.alias_generators import to_camel
from pydantic.config import JsonDict
from pydantic_core import CoreSchema


class ApiModel(BaseModel):
    """The base of every object in the API.

    Unknown fields are ignored: the API server prunes what its schema does not know, so a field that is not
    known here comes from a newer CRD, and an older operator must go on working with it.
    The docstrings of classes and fields become the descriptions that `kubectl explain` shows.
    """

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="ignore",
        frozen=True,
        use_attribute_docstrings=True,
    )

    def to_dict(self) -> dict[str, Any]:
        """The object as it is written in YAML: camelCase keys, defaults filled in, nothing that is absent.

        Fields that hold nothing (None, no items) are left out, so that a field that a later version adds
        does not change what is written for those who do not use it.
        """
        return self.model_dump(mode="json", by_alias=True)

    @model_serializer(mode="wrap")
    def _without_empty_fields(
        self, handler: SerializerFunctionWrapHandler, info: SerializationInfo
    ) -> dict[str, Any]:
        written: dict[str, Any] = handler(self)
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            key = field.alias or name if info.by_alias else name
            # An empty object that was given, such as emptyDir: {}, means something; an unchanged default not.
            if value in (None, (), {}) or (value == field.default and written.get(key) == {}):
                written.pop(key, None)
        return written


_RULES = "x-kubernetes-validations"


class SchemaKeys:
    """An annotation that adds *keys* to the OpenAPI schema of the type it annotates."""

    def __init__(self, keys: dict[str, Any]) -> None:
        self.keys = keys

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Called by pydantic while it writes the schema."""
        return {**handler(core_schema), **self.keys}


class Rule(SchemaKeys):
    """A check in CEL that the API server makes, with the sentence that a user reads when it fails.

    A type may have several.
    """

    def __init__(self, cel: str, message: str) -> None:
        super().__init__({_RULES: [rule(cel, message)]})

    def __get_pydantic_json_schema__(
        self, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Called by pydantic while it writes the schema."""
        schema = handler(core_schema)
        return {**schema, _RULES: [*schema.get(_RULES, ()), *self.keys[_RULES]]}


def rule(cel: str, message: str, *, field: str = "") -> JsonDict:
    """One entry of `x-kubernetes-validations`.

    Args:
        cel: the expression that must be true.
        message: what to do; the user reads it.
        field: path of the field that is to be changed, such as ".hostnames"; the object itself by default.
    """
    entry: JsonDict = {"rule": cel, "message": message}
    return {**entry, "fieldPath": field} if field else entry


def rules(*entries: JsonDict) -> ConfigDict:
    """The `model_config` of a class whose objects the API server checks as a whole."""
    return ConfigDict(json_schema_extra={_RULES: list(entries)})


ATOMIC = SchemaKeys({"x-kubernetes-list-type": "atomic"})
"""The list has one owner and is replaced as a whole."""

SET = SchemaKeys({"x-kubernetes-list-type": "set"})
"""The list holds no value twice."""

# Asked of the API server alone: pydantic would add "at least 1 item, not 0" to every mistake in an item.
NOT_EMPTY = SchemaKeys({"minItems": 1})
"""The list holds something."""


def map_list(*keys: str) -> SchemaKeys:
    """The list holds one object per value of *keys*."""
    return SchemaKeys({"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": list(keys)})
