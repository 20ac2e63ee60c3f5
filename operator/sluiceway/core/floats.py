"""Numbers as a type of few bits holds them, without numpy: the core stays importable in milliseconds."""

from __future__ import annotations

import math
import struct

from sluiceway.api.tensors import Datatype

_FORMATS = {Datatype.FP16: "<e", Datatype.FP32: "<f"}


def rounded(value: float, datatype: Datatype) -> float:
    """Return the value of *datatype* that is nearest to *value*; whole numbers and FP64 as they are.

    *value* must not be larger than the type's largest one.
    """
    if not math.isfinite(value):
        return value
    if datatype is Datatype.BF16:
        return _bfloat16(value)
    if form := _FORMATS.get(datatype):
        nearest: float = struct.unpack(form, struct.pack(form, value))[0]
        return nearest
    return value


def shortest(value: float, datatype: Datatype) -> str:
    """Return the shortest decimal that names *value* among the values of *datatype*."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, int):
        return str(value)
    texts = (f"{value:.{digits}g}" for digits in range(1, 17))
    return next((text for text in texts if _fits(text, value, datatype)), f"{value:.17g}")


def _fits(text: str, value: float, datatype: Datatype) -> bool:
    try:
        return rounded(float(text), datatype) == value
    except OverflowError:  # fewer digits may round up, past the largest value
        return False


def _bfloat16(value: float) -> float:
    """The upper half of a float32, rounded half to even."""
    (bits,) = struct.unpack("<I", struct.pack("<f", value))
    bits += 0x7FFF + (bits >> 16 & 1)
    nearest: float = struct.unpack("<f", struct.pack("<I", bits >> 16 << 16))[0]
    return nearest
