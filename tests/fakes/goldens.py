"""Golden inputs and answers for tests."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sluiceway.api.golden import Golden
from sluiceway.api.tensors import Datatype, Value
from sluiceway.core.floats import rounded
from sluiceway.core.golden import Output

FEATURES: dict[str, Any] = {"name": "features", "datatype": "FP32", "shape": [1, 2], "data": [0.5, -1]}
SCORE: dict[str, Any] = {"name": "score", "datatype": "FP32", "shape": [1, 1], "data": [0.92]}


def make_golden(*outputs: dict[str, Any], name: str = "known-fraud", **given: Any) -> Golden:
    """Return a golden input that expects *outputs*, `SCORE` by default."""
    written = {"name": name, "inputs": [FEATURES], "outputs": list(outputs) or [SCORE]}
    return Golden.model_validate(written | given)


def answer(datatype: str, *values: Any, shape: tuple[int, ...] | None = None) -> Output:
    """Return a tensor that a model answered with, in one dimension by default, rounded to its type."""
    return Output(datatype, shape if shape is not None else (len(values),), held(values, datatype))


def held(values: Iterable[Value], datatype: str) -> tuple[Value, ...]:
    """Return what is left of *values* in a tensor of this type."""
    kind = Datatype(datatype)
    return tuple(value if isinstance(value, bool | bytes) else rounded(value, kind) for value in values)
