"""Tensors as the V2 inference protocol names them: name, datatype, shape, data in row-major order.

https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md#tensor-data
"""

import math
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from sluiceway.api.meta import ATOMIC, ApiModel
from sluiceway.api.scalars import Int64, ShortText

MAX_ELEMENTS = 16384
_MAX_TEXT = 8192
_EXACT = 2**53 - 1
"""JSON's whole numbers are exact up to here (RFC 8259, section 6); kubectl rounds those beyond."""
_SHOWN = 40

Number = bool | int | float
Value = Number | bytes
"""One element as the server knows it: BYTES as bytes, the other types as numbers."""


class Datatype(StrEnum):
    """Triton's names of the types of elements."""

    BOOL = "BOOL"
    UINT8 = "UINT8"
    UINT16 = "UINT16"
    UINT32 = "UINT32"
    UINT64 = "UINT64"
    INT8 = "INT8"
    INT16 = "INT16"
    INT32 = "INT32"
    INT64 = "INT64"
    FP16 = "FP16"
    BF16 = "BF16"
    FP32 = "FP32"
    FP64 = "FP64"
    BYTES = "BYTES"


# The largest finite value of each floating-point type.
_LARGEST = {
    Datatype.FP16: 65504.0,
    Datatype.BF16: (2 - 2**-7) * 2.0**127,
    Datatype.FP32: (2 - 2**-23) * 2.0**127,
    Datatype.FP64: math.inf,
}
_NOT_FINITE = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def _scalar(element: Any) -> Any:
    # Said here in one sentence, where a union would say it once for each of its types.
    match element:
        case bool() | int() | float():
            return element
        case str() if len(element) <= _MAX_TEXT:
            return element
        case str():
            raise ValueError(f"a text has at most {_MAX_TEXT} characters")
        case _:
            raise ValueError("give a number, true, false or text: no null, no list and no object")


Element = Annotated[
    bool | int | float | str,
    BeforeValidator(_scalar),
    # A structural schema has no type "number, boolean or text". Without a type the API server keeps whatever
    # is written, so what can be refused is: lists and objects, by bounds that no list and no object can meet.
    WithJsonSchema(
        {
            "x-kubernetes-preserve-unknown-fields": True,
            "maxLength": _MAX_TEXT,
            "minItems": 1,
            "maxItems": 0,
            "minProperties": 1,
            "maxProperties": 0,
        }
    ),
]
"""One element as users write it. Text is always possible: "NaN", or a number that JSON would round."""


class Tensor(ApiModel):
    """The elements of one input or output."""

    name: ShortText
    """Name of the input or output, as in the model's configuration."""

    datatype: Datatype
    """Type of the elements."""

    shape: Annotated[tuple[Annotated[Int64, Field(ge=0)], ...], Field(max_length=8), ATOMIC] = ()
    """Number of elements in each dimension, that of the batch included."""

    data: Annotated[tuple[Element, ...], Field(max_length=MAX_ELEMENTS), ATOMIC] = ()
    """The elements in row-major order, without inner lists: numbers, true and false for BOOL, text for BYTES.
    Write "NaN", "Infinity" and "-Infinity" in quotes, and whole numbers of more than 15 digits as well."""

    @property
    def values(self) -> tuple[Value, ...]:
        """The elements as the server knows them; those of floating point not yet rounded to their type."""
        return tuple(self._values())

    def _values(self) -> Iterator[Value]:
        for index, element in enumerate(self.data):
            try:
                yield _value(element, self.datatype)
            except ValueError as error:
                raise ValueError(f"{self.name}: data[{index}]: {error}") from None

    @model_validator(mode="after")
    def _every_element_fits(self) -> Self:
        for _ in self._values():
            pass
        return self

    @model_validator(mode="after")
    def _data_fills_the_shape(self) -> Self:
        needed = math.prod(self.shape)
        if self.shape and needed != len(self.data):
            raise ValueError(
                f"{self.name}: shape {list(self.shape)} takes {needed} elements, data holds {len(self.data)}"
            )
        return self


def _value(element: bool | float | str, datatype: Datatype) -> Value:
    # pydantic reports ValueError as a mistake of the user's; TypeError would be one of ours.
    match datatype, element:
        case Datatype.BYTES, str():
            return element.encode()
        case Datatype.BYTES, _:
            raise ValueError(f"BYTES are written as text: put {_shown(element)} in quotes")
        case Datatype.BOOL, bool():
            return element
        case Datatype.BOOL, _:
            raise ValueError(f"{_shown(element)} is neither true nor false, as BOOL asks for")
        case _, bool():
            raise ValueError(f"{_shown(element)} is not a number, as {datatype} asks for")
    return _floating(element, datatype) if datatype in _LARGEST else _whole(element, datatype)


def _floating(element: float | str, datatype: Datatype) -> float:
    if isinstance(element, str) and element in _NOT_FINITE:
        return _NOT_FINITE[element]
    try:
        value = float(element)
    except (ValueError, OverflowError):
        value = math.nan
    if not abs(value) <= _LARGEST[datatype] or not math.isfinite(value):
        raise ValueError(f"{_shown(element)} is not a number that {datatype} holds")
    return value


def _whole(element: float | str, datatype: Datatype) -> int:
    bits = int(datatype.removeprefix("U").removeprefix("INT"))
    lowest, highest = (
        (0, 2**bits - 1) if datatype.startswith("U") else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    )
    try:
        value = int(element)
    except (ValueError, OverflowError):
        raise ValueError(f"{_shown(element)} is not a whole number") from None
    if not isinstance(element, str):
        if abs(value) > _EXACT:
            raise ValueError(
                f"{_shown(element)} is rounded on its way here: put whole numbers this large in quotes"
            )
        if value != element:
            raise ValueError(f"{_shown(element)} is not a whole number")
    if not lowest <= value <= highest:
        raise ValueError(f"{_shown(element)} is not between {lowest} and {highest}, as {datatype} asks for")
    return value


def _shown(element: bool | float | str) -> str:
    text = str(element).lower() if isinstance(element, bool) else repr(element)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
