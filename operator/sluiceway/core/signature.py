"""The signature of a model: its inputs and outputs, and what a change of them breaks for callers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

ANY = -1
"""A dimension that is not fixed, in Triton's words."""


@dataclass(frozen=True)
class Tensor:
    """One input or output, as the server describes it; the shape includes the batch.

    `optional`: an input that callers may leave out (`optional` in Triton's model configuration).
    """

    name: str
    datatype: str
    shape: tuple[int, ...]
    optional: bool = False

    def __str__(self) -> str:
        return f"{self.datatype} {list(self.shape)}"


@dataclass(frozen=True)
class Signature:
    """What a model takes and gives."""

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain JSON."""
        return {
            "inputs": [_to_dict(one) for one in self.inputs],
            "outputs": [_to_dict(one) for one in self.outputs],
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Signature:
        """Read it back.

        :raises ValueError: when *given* is no signature.
        """
        try:
            inputs, outputs = (
                tuple(_from_dict(one) for one in given[side]) for side in ("inputs", "outputs")
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a signature: {error!r}") from error
        return cls(inputs, outputs)


def changes(stable: Signature, candidate: Signature) -> list[str]:
    """Return what of *candidate* breaks those who call *stable*, one clause for each input or output.

    A caller sends what the stable takes and reads what it gives. So an input may take more than before
    and an output may give less: a fixed dimension of an input may become free, a free dimension of an
    output may become fixed, outputs and optional inputs may be added.
    """
    return [*_inputs(stable.inputs, candidate.inputs), *_outputs(stable.outputs, candidate.outputs)]


def _inputs(stable: Iterable[Tensor], candidate: Iterable[Tensor]) -> Iterable[str]:
    now = {one.name: one for one in candidate}
    known = set()
    for before in stable:
        known.add(before.name)
        after = now.get(before.name)
        if after is None:
            yield f"input {before.name} is gone"
        elif after.datatype != before.datatype or not _within(before.shape, after.shape):
            yield f"input {before.name} takes {after}, took {before}"
        elif before.optional and not after.optional:
            yield f"input {before.name} is required, was optional"
    for after in now.values():
        if after.name not in known and not after.optional:
            yield f"input {after.name} ({after}) is new and required"


def _outputs(stable: Iterable[Tensor], candidate: Iterable[Tensor]) -> Iterable[str]:
    now = {one.name: one for one in candidate}
    for before in stable:
        after = now.get(before.name)
        if after is None:
            yield f"output {before.name} is gone"
        elif after.datatype != before.datatype or not _within(after.shape, before.shape):
            yield f"output {before.name} gives {after}, gave {before}"


def _within(narrow: tuple[int, ...], wide: tuple[int, ...]) -> bool:
    """Whether every tensor of shape *narrow* is one of shape *wide*."""
    return len(narrow) == len(wide) and all(
        limit in (ANY, size) for size, limit in zip(narrow, wide, strict=True)
    )


def _to_dict(tensor: Tensor) -> dict[str, Any]:
    written = {"name": tensor.name, "datatype": tensor.datatype, "shape": list(tensor.shape)}
    return {**written, "optional": True} if tensor.optional else written


def _from_dict(given: Mapping[str, Any]) -> Tensor:
    return Tensor(
        name=str(given["name"]),
        datatype=str(given["datatype"]),
        shape=tuple(int(size) for size in given["shape"]),
        optional=bool(given.get("optional", False)),
    )
