"""Golden inputs: what a model answered against what it must answer."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sluiceway.api.golden import Golden, GoldenOutput
from sluiceway.api.tensors import Datatype, Value
from sluiceway.core import floats

MAX_MESSAGE = 400
"""Length of the sentence about one golden input."""
_SHOWN = 60

DEFAULT_SHARES = {Datatype.FP64: 1e-7, Datatype.FP32: 5e-3, Datatype.FP16: 1e-2, Datatype.BF16: 8e-2}
"""How far a value may be from the expected one by default: this share of its magnitude, and of the output's
largest magnitude or of 1, whichever is less. Other types are exact.

Ten units in the last place for FP16 (2^-10) and BF16 (2^-7). FP32 counts as half that of TF32, in which GPUs
multiply it (10 bits of mantissa, sums exact). docs/how-to/golden-inputs.md has the measurements; FP64 is what
PyTorch's `assert_close` takes."""


@dataclass(frozen=True)
class Output:
    """A tensor that a model answered with; `values` may be cut off where there are more than expected."""

    datatype: str
    shape: tuple[int, ...]
    values: Sequence[Value]


def mismatch(golden: Golden, outputs: Mapping[str, Output]) -> str | None:
    """Return how *outputs* differ from what *golden* expects, with numbers; None when they fit."""
    found = [
        text for expected in golden.outputs if (text := _of_output(expected, outputs.get(expected.name)))
    ]
    if not found:
        return None
    others = f" ({len(found)} of {len(golden.outputs)} outputs differ)" if len(found) > 1 else ""
    return cut(f"golden input {golden.name}: {found[0]}{others}")


def cut(text: str, length: int = MAX_MESSAGE) -> str:
    """Return *text* with at most *length* characters."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _of_output(expected: GoldenOutput, answer: Output | None) -> str | None:
    name = f"output {cut(expected.name, _SHOWN)}"
    if answer is None:
        return f"{name} is missing from the answer"
    if answer.datatype != expected.datatype:
        return f"{name} is {answer.datatype}, expected {expected.datatype}"
    if expected.shape and answer.shape != expected.shape:
        return f"{name} has shape {list(answer.shape)}, expected {list(expected.shape)}"
    count = math.prod(answer.shape)
    if count != len(expected.data):
        return f"{name} has {count} elements in shape {list(answer.shape)}, expected {len(expected.data)}"
    return _of_values(name, expected, answer)


def _of_values(name: str, expected: GoldenOutput, answer: Output) -> str | None:
    differing = list(_differences(expected, answer.values))
    if not differing:
        return None
    worst = max(differing, key=lambda one: one.excess)
    place = _place(worst.index, answer.shape)
    allowed = f" ± {worst.allowed:.3g}" if worst.allowed else ""
    found, wanted = (_shown(value, expected.datatype) for value in (worst.found, worst.wanted))
    text = f"{name}{list(place)} is {found}, expected {wanted}{allowed}"
    if len(differing) == 1:
        return text if len(answer.values) == 1 else f"{text} (1 of {len(answer.values)} values differs)"
    return f"{text} ({len(differing)} of {len(answer.values)} values differ, this one most)"


@dataclass(frozen=True)
class _Difference:
    index: int
    found: Value
    wanted: Value
    allowed: float

    @property
    def excess(self) -> float:
        """How much worse than allowed; what can not be measured is worst."""
        if isinstance(self.found, bytes) or isinstance(self.wanted, bytes):
            return math.inf
        distance = abs(self.found - self.wanted)
        return math.inf if math.isnan(distance) else distance - self.allowed


def _differences(expected: GoldenOutput, found: Sequence[Value]) -> Iterator[_Difference]:
    # The server can not answer with anything between two values of the type.
    wanted = [
        one if isinstance(one, bytes) else floats.rounded(one, expected.datatype) for one in expected.values
    ]
    absolute, relative = _tolerance(expected, wanted)
    for index, (value, right) in enumerate(zip(found, wanted, strict=True)):
        if isinstance(value, bytes) or isinstance(right, bytes):
            if value != right:
                yield _Difference(index, value, right, 0)
            continue
        allowed = absolute + relative * abs(right) if math.isfinite(right) else 0.0
        if not _close(value, right, allowed):
            yield _Difference(index, value, right, allowed)


def _tolerance(expected: GoldenOutput, wanted: Sequence[Value]) -> tuple[float, float]:
    """Return the absolute and the relative tolerance of an output."""
    if expected.tolerance is not None:
        return float(expected.tolerance.absolute or 0), float(expected.tolerance.relative or 0)
    share = DEFAULT_SHARES.get(expected.datatype, 0.0)
    # An error in one element comes from all that were summed up: it has the size of the output, not its own.
    sizes = (abs(one) for one in wanted if not isinstance(one, bytes) and math.isfinite(one))
    largest = max(sizes, default=0) or 1.0  # of nothing but zeros no size is known
    return share * min(1.0, largest), share


def _close(found: float, wanted: float, allowed: float) -> bool:
    if math.isnan(wanted) or math.isnan(found):
        return math.isnan(wanted) and math.isnan(found)
    # Equality first: the distance between two infinities is no number.
    return found == wanted or abs(found - wanted) <= allowed


def _place(index: int, shape: Sequence[int]) -> tuple[int, ...]:
    place: list[int] = []
    for size in reversed(shape):
        index, position = divmod(index, size)
        place.append(position)
    return tuple(reversed(place))


def _shown(value: Value, datatype: Datatype) -> str:
    if isinstance(value, bytes):
        return cut(f'"{value.decode(errors="backslashreplace")}"', _SHOWN)
    if isinstance(value, bool):
        return str(value).lower()
    return floats.shortest(value, datatype)
