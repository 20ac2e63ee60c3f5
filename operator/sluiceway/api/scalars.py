"""Kinds of text and numbers that several objects use, each with the bounds that the API server needs."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from sluiceway.api.meta import Rule, SchemaKeys


def _text(value: Any) -> Any:
    return str(value) if type(value) is int else value


ObjectName = Annotated[str, Field(min_length=1, max_length=253)]
"""The name of a Kubernetes object."""

LabelKey = Annotated[str, Field(min_length=1, max_length=317)]
"""A label key: a prefix of at most 253 characters, a slash, a name of at most 63."""

LabelValue = Annotated[str, Field(max_length=63)]
"""A label value, which may be empty."""

ShortText = Annotated[str, Field(min_length=1, max_length=253)]
"""A key, an expression, a field path."""

Text = Annotated[str, Field(max_length=512)]
"""Something that people read: a name, an image, an address."""

Path = Annotated[str, Field(max_length=1024)]
"""A path in a file system."""

Int32 = Annotated[int, SchemaKeys({"format": "int32"})]
Int64 = Annotated[int, SchemaKeys({"format": "int64"})]
FileMode = Annotated[Int32, Field(ge=0, le=0o777)]

_Amount = Annotated[
    str,
    Field(max_length=64),
    BeforeValidator(_text),
    SchemaKeys({"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]}),
]

Quantity = Annotated[
    _Amount,
    Rule(
        "isQuantity(string(self)) && !quantity(string(self)).isLessThan(quantity('0'))",
        "Give an amount as Kubernetes writes it, such as 2, 500m or 16Gi",
    ),
]
"""An amount in Kubernetes' notation, such as 2, 500m or 16Gi. A bare integer is read as text."""

PositiveQuantity = Annotated[
    _Amount,
    Rule(
        "isQuantity(string(self)) && quantity(string(self)).isGreaterThan(quantity('0'))",
        "Give an amount above zero as Kubernetes writes it, such as 2 or 500m",
    ),
]
"""An amount that is not zero. A bare integer is read as text."""

Labels = Annotated[dict[str, LabelValue], Field(max_length=64)]
"""Label keys and values."""

CountOrPercent = Annotated[
    _Amount,
    Rule(
        "string(self).matches('^([0-9]{1,4}|[0-9]{1,2}%|100%)$')",
        "Give a number such as 1, or a percentage such as 25%, of at most 100%",
    ),
]
"""A number of pods, or a percentage of them with its sign, as in a Deployment's rollingUpdate. A bare integer
is read as text."""
