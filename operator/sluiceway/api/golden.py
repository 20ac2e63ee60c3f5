"""Golden inputs: requests whose answers are known, asked before a revision gets its first user request."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from sluiceway.api.meta import ATOMIC, NOT_EMPTY, ApiModel, Rule, map_list, rule, rules
from sluiceway.api.scalars import Int32, Int64
from sluiceway.api.tensors import Tensor

MAX_GOLDEN = 16
MAX_TENSORS = 64
MAX_DEADLINE_SECONDS = 300
MAX_BYTES = 128 * 1024
"""All golden inputs of a model as JSON. `kubectl apply` keeps a second copy in an annotation, and all
annotations together hold 256 KiB; every revision's record holds a copy too."""

GoldenName = Annotated[
    str,
    Field(min_length=1, max_length=63),
    Rule(
        "self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')",
        "Name a golden input with small letters, digits and -, such as known-fraud",
    ),
]

Amount = Annotated[
    str,
    Field(min_length=1, max_length=32),
    Rule(
        "self.matches('^[0-9]+([.][0-9]+)?([eE]-?[0-9]{1,2})?$')",
        "Give a number that is not negative, in quotes, such as '0.001' or '1e-5'",
    ),
]
"""A number as text: Kubernetes' APIs have no floating point."""


class Tolerance(ApiModel):
    """How far a value may be from the expected one: absolute + relative * |expected|."""

    absolute: Amount | None = None
    """Difference that is allowed whatever the expected value; 0 when absent."""

    relative: Amount | None = None
    """Difference that is allowed as a share of the expected value, 0.01 for one percent; 0 when absent."""


class GoldenInput(Tensor):
    """A tensor that is sent."""

    shape: Annotated[tuple[Annotated[Int64, Field(ge=0)], ...], Field(min_length=1, max_length=8), ATOMIC]
    """Number of elements in each dimension, that of the batch included."""


class GoldenOutput(Tensor):
    """A tensor that must come back."""

    model_config = rules(
        rule(
            "!has(self.tolerance) || !(self.datatype in ['BOOL', 'BYTES'])",
            "Leave tolerance out for BOOL and BYTES: they are compared exactly",
            field=".tolerance",
        )
    )

    shape: Annotated[tuple[Annotated[Int64, Field(ge=0)], ...], Field(max_length=8), ATOMIC] = ()
    """Number of elements in each dimension. Without it, only the number of elements is compared."""

    tolerance: Tolerance | None = None
    """How far values may be from these. Without it, whole numbers, BOOL and BYTES must be equal, and floating
    point may differ by a share of the expected value and of the output's largest one (at most 1): 1e-7 for
    FP64, 0.005 for FP32, 0.01 for FP16, 0.08 for BF16."""

    @model_validator(mode="after")
    def _something_is_expected(self) -> Self:
        if not self.shape and not self.data:
            raise ValueError(f"{self.name}: data is missing, the values that are expected")
        return self


class Golden(ApiModel):
    """A request whose answer is known."""

    name: GoldenName
    """Name of the golden input; messages use it."""

    inputs: Annotated[tuple[GoldenInput, ...], Field(max_length=MAX_TENSORS), NOT_EMPTY, map_list("name")]
    """What is sent."""

    outputs: Annotated[tuple[GoldenOutput, ...], Field(max_length=MAX_TENSORS), NOT_EMPTY, map_list("name")]
    """What must come back. Outputs that are not listed are not asked for."""

    deadline_seconds: Annotated[Int32, Field(ge=1, le=MAX_DEADLINE_SECONDS)] = 10
    """How long the answer may take. The first request to a model often takes longer than those after it."""
