"""A model as its callers know it, for the fake prober and for a real server alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sluiceway.api.tensors import Value
from sluiceway.core.golden import Output
from sluiceway.core.signature import Signature, Tensor

SIGNATURE = Signature(
    (Tensor("features", "FP32", (-1, 2)), Tensor("hint", "BYTES", (-1, 1), optional=True)),
    (Tensor("score", "FP32", (-1, 1)),),
)

Inputs = Mapping[str, Sequence[Value]]


class Refuses(Exception):  # noqa: N818 - what the server does
    """The server answers a request with an error: the name of a gRPC status, and its words."""

    def __init__(self, status: str, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


class Silent(Exception):  # noqa: N818 - what the server is
    """The server does not answer a request."""


@dataclass(frozen=True)
class FakeModel:
    """What a server tells of its model, and how it answers: `reply` may raise `Refuses` or `Silent`."""

    reply: Callable[[Inputs], Mapping[str, Output]]
    signature: Signature = SIGNATURE
