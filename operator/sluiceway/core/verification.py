"""Verification: whether a revision may get its first user request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sluiceway.api.golden import Golden
from sluiceway.api.reasons import Reason
from sluiceway.core.finding import Finding
from sluiceway.core.golden import Output, cut, mismatch
from sluiceway.core.signature import Signature, changes

MAX_MESSAGE = 800
"""Leaves room in a condition's message for what others add."""
_SHOWN = 3


@dataclass(frozen=True)
class Answers:
    """What one pod of a revision said when it was asked.

    `outputs` and `refusals` are by name of the golden input. A refusal is the server's own error about
    the request: it speaks against the model. `error` is trouble on the way, a deadline included: it says
    nothing about the model, and what was not answered has to be asked again.
    """

    signature: Signature | None = None
    outputs: Mapping[str, Mapping[str, Output]] = field(default_factory=dict)
    refusals: Mapping[str, str] = field(default_factory=dict)
    error: str | None = None


@dataclass(frozen=True)
class Ask:
    """What is to be asked of one pod of a revision.

    `target` is `address:port` of its gRPC interface, `model` the name under which it has the model. Without
    `golden` only the signature is asked for.
    """

    revision: str
    target: str
    model: str
    golden: tuple[Golden, ...] = ()


def verdict(
    answers: Answers, golden: Sequence[Golden], stable: Signature | None, *, allow_change: bool
) -> Finding | None:
    """Return what keeps the revision from its first user request; None when it is verified.

    `SignatureChanged` and `GoldenMismatch` speak against the revision and will not mend themselves.
    `Verifying` means that an answer is missing: ask again.

    Args:
        answers: what the revision said.
        golden: its golden inputs.
        stable: signature of the revision that serves; None when there is none to compare with.
        allow_change: `spec.rollout.allowSignatureChange`.
    """
    # The signature first: with an input renamed, golden inputs fail for that very reason.
    return (
        (None if allow_change else signature_changed(answers.signature, stable))
        or _golden_mismatch(answers, golden)
        or _unanswered(answers, golden)
    )


def signature_changed(candidate: Signature | None, stable: Signature | None) -> Finding | None:
    """Return what of *candidate* breaks the callers of *stable*; None when nothing known does."""
    if candidate is None or stable is None:
        return None
    found = changes(stable, candidate)
    if not found:
        return None
    return Finding(
        Reason.SIGNATURE_CHANGED,
        f"{_listed(found)}; callers of the revision that serves would fail. Keep its inputs and outputs, or"
        " set spec.rollout.allowSignatureChange to true once callers are ready",
        needs_help=True,
    )


def _golden_mismatch(answers: Answers, golden: Sequence[Golden]) -> Finding | None:
    found = [text for one in golden if (text := _wrong(answers, one))]
    if not found:
        return None
    return Finding(
        Reason.GOLDEN_MISMATCH,
        f"{_listed(found)}. Correct the model, or spec.model.golden if it expects too much",
        needs_help=True,
    )


def _wrong(answers: Answers, golden: Golden) -> str | None:
    if golden.name in answers.refusals:
        return cut(f"golden input {golden.name} is refused: {answers.refusals[golden.name]}")
    if golden.name in answers.outputs:
        return mismatch(golden, answers.outputs[golden.name])
    return None


def _unanswered(answers: Answers, golden: Sequence[Golden]) -> Finding | None:
    if answers.error:
        return Finding(Reason.VERIFYING, cut(f"not all is answered yet: {answers.error}", MAX_MESSAGE))
    if answers.signature is None:
        return Finding(Reason.VERIFYING, "its inputs and outputs are not known yet")
    silent = [one.name for one in golden if one.name not in answers.outputs]
    if silent:
        return Finding(Reason.VERIFYING, f"no answer yet to golden input {', '.join(silent[:_SHOWN])}")
    return None


def _listed(found: Sequence[str]) -> str:
    more = f"; {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    return cut("; ".join(found[:_SHOWN]), MAX_MESSAGE) + more
