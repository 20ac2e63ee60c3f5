"""A prober whose every pod gives the answers that are expected, unless a test says otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sluiceway.api.golden import Golden
from sluiceway.core.signature import Signature, Tensor
from sluiceway.core.verification import Answers, Ask
from tests.fakes.prober import as_expected

SIGNATURE = Signature((Tensor("features", "FP32", (-1, 8)),), (Tensor("score", "FP32", (-1, 1)),))

Answering = Callable[[Sequence[Golden]], Answers]


def willing(golden: Sequence[Golden]) -> Answers:
    """Return the expected answers."""
    return as_expected(golden, SIGNATURE)


class Willing:
    """`ports.Prober`; `answers` may be replaced, `asked` lists the addresses that were asked."""

    def __init__(self, answers: Answering = willing) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def ask(self, ask: Ask) -> Answers:
        """Return what the pod says."""
        self.asked.append(ask.target)
        return self.answers(ask.golden)
