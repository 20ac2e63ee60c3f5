"""A prober without a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sluiceway.api.golden import Golden
from sluiceway.core.golden import Output
from sluiceway.core.signature import Signature
from sluiceway.core.verification import Answers, Ask
from tests.fakes.goldens import held
from tests.fakes.models import SIGNATURE, FakeModel, Refuses, Silent

AGAIN = {"INTERNAL", "UNKNOWN", "RESOURCE_EXHAUSTED"}


@dataclass
class FakeProber:
    """`ports.Prober` by address. `everywhere` stands for every address that is not among `models`.

    An address that has neither can not be reached. Answers in place of a model are told as they are.
    """

    models: dict[str, FakeModel | Answers] = field(default_factory=dict)
    everywhere: FakeModel | Answers | None = None
    asked: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    """Address, model and names of the golden inputs of every question."""

    async def ask(self, ask: Ask) -> Answers:
        self.asked.append((ask.target, ask.model, tuple(one.name for one in ask.golden)))
        found = self.models.get(ask.target, self.everywhere)
        if isinstance(found, Answers):
            return found
        if found is None:
            return Answers(error=f"{ask.target}, asked for its inputs and outputs: connection refused")
        return _answers(found, ask.target, ask.golden)


def as_expected(golden: Sequence[Golden], signature: Signature = SIGNATURE) -> Answers:
    """Return the answers of a model that does what its golden inputs expect."""
    return Answers(signature, {one.name: _expected(one) for one in golden})


def _expected(golden: Golden) -> dict[str, Output]:
    return {
        one.name: Output(one.datatype, one.shape or (len(one.data),), held(one.values, one.datatype))
        for one in golden.outputs
    }


def _answers(model: FakeModel, target: str, golden: Sequence[Golden]) -> Answers:
    outputs: dict[str, Mapping[str, Output]] = {}
    refusals: dict[str, str] = {}
    for one in golden:
        try:
            try:
                outputs[one.name] = _asked_for(model, one)
            except Refuses as error:
                if error.status not in AGAIN:
                    raise
                outputs[one.name] = _asked_for(model, one)
        except Refuses as error:
            if error.status in ("UNAVAILABLE", "NOT_FOUND"):
                return Answers(model.signature, outputs, refusals, f"{target}: {error.words}")
            refusals[one.name] = f"{error.words} ({error.status})"
        except Silent:
            return Answers(
                model.signature, outputs, refusals, f"{target}: no answer within {one.deadline_seconds} s"
            )
    return Answers(model.signature, outputs, refusals)


def _asked_for(model: FakeModel, golden: Golden) -> dict[str, Output]:
    given = model.reply({one.name: held(one.values, one.datatype) for one in golden.inputs})
    return {one.name: given[one.name] for one in golden.outputs if one.name in given}
