"""Whether a revision may get its first user request."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sluiceway.api.reasons import Reason
from sluiceway.core.conditions import MAX_MESSAGE
from sluiceway.core.signature import Signature, Tensor
from sluiceway.core.verification import Answers, verdict
from tests.fakes.goldens import answer, make_golden

SIGNATURE = Signature((Tensor("features", "FP32", (-1, 2)),), (Tensor("score", "FP32", (-1, 1)),))
RENAMED = Signature((Tensor("payment", "FP32", (-1, 2)),), SIGNATURE.outputs)
GOLDEN = [make_golden(), make_golden(name="known-good")]
RIGHT = {"score": answer("FP32", 0.92, shape=(1, 1))}
WRONG = {"score": answer("FP32", 0.1, shape=(1, 1))}
GOOD = Answers(SIGNATURE, outputs={"known-fraud": RIGHT, "known-good": RIGHT})


def test_a_revision_that_answers_as_expected_is_verified() -> None:
    assert verdict(GOOD, GOLDEN, SIGNATURE, allow_change=False) is None


def test_without_golden_inputs_and_without_a_stable_the_signature_is_enough() -> None:
    assert verdict(Answers(SIGNATURE), [], None, allow_change=False) is None


def test_a_changed_signature_is_told_before_the_golden_inputs_that_it_breaks() -> None:
    answers = Answers(RENAMED, refusals={"known-fraud": "unexpected inference input 'features'"})
    found = verdict(answers, GOLDEN, SIGNATURE, allow_change=False)
    assert found is not None
    assert (found.reason, found.needs_help) == (Reason.SIGNATURE_CHANGED, True)
    assert found.message == (
        "input features is gone; input payment (FP32 [-1, 2]) is new and required; callers of the revision"
        " that serves would fail. Keep its inputs and outputs, or set spec.rollout.allowSignatureChange to"
        " true once callers are ready"
    )


def test_a_change_that_is_allowed_is_none() -> None:
    assert verdict(replace(GOOD, signature=RENAMED), GOLDEN, SIGNATURE, allow_change=True) is None


def test_the_first_revision_has_nothing_to_be_compared_with() -> None:
    assert verdict(replace(GOOD, signature=RENAMED), GOLDEN, None, allow_change=False) is None


def test_another_answer_than_expected() -> None:
    found = verdict(
        replace(GOOD, outputs={"known-fraud": RIGHT, "known-good": WRONG}), GOLDEN, None, allow_change=True
    )
    assert found is not None
    assert (found.reason, found.needs_help) == (Reason.GOLDEN_MISMATCH, True)
    assert found.message == (
        "golden input known-good: output score[0, 0] is 0.1, expected 0.92 ± 0.0092."
        " Correct the model, or spec.model.golden if it expects too much"
    )


def test_a_golden_input_that_the_model_refuses() -> None:
    answers = Answers(SIGNATURE, outputs={"known-good": RIGHT}, refusals={"known-fraud": "[1, 3] expected"})
    found = verdict(answers, GOLDEN, None, allow_change=False)
    assert found is not None
    assert found.reason is Reason.GOLDEN_MISMATCH
    assert found.message.startswith("golden input known-fraud is refused: [1, 3] expected. Correct the model")


MISSING = {
    "nothing came back": (Answers(error="connection refused"), "not all is answered yet: connection refused"),
    "some came back": (
        Answers(SIGNATURE, outputs={"known-fraud": RIGHT}, error="known-good: no answer in 10 s"),
        "not all is answered yet: known-good: no answer in 10 s",
    ),
    "no signature": (replace(GOOD, signature=None), "its inputs and outputs are not known yet"),
    "a golden input was not asked": (
        replace(GOOD, outputs={"known-fraud": RIGHT}),
        "no answer yet to golden input known-good",
    ),
}


@pytest.mark.parametrize(("answers", "said"), MISSING.values(), ids=MISSING)
@pytest.mark.parametrize("allow_change", [False, True])
def test_what_is_missing_speaks_neither_for_nor_against(
    answers: Answers, said: str, *, allow_change: bool
) -> None:
    found = verdict(answers, GOLDEN, SIGNATURE, allow_change=allow_change)
    assert found is not None
    assert (found.reason, found.message, found.needs_help) == (Reason.VERIFYING, said, False)


def test_evidence_counts_although_something_is_missing() -> None:
    answers = Answers(SIGNATURE, outputs={"known-fraud": WRONG}, error="known-good: no answer in 10 s")
    found = verdict(answers, GOLDEN, SIGNATURE, allow_change=False)
    assert found is not None
    assert found.reason is Reason.GOLDEN_MISMATCH


def test_the_sentence_has_an_end() -> None:
    many = [make_golden(name=f"golden-{number}") for number in range(16)]
    refused = Answers(SIGNATURE, refusals={one.name: "x" * 5000 for one in many})
    found = verdict(refused, many, None, allow_change=False)
    assert found is not None
    assert len(found.message) < MAX_MESSAGE
    assert "; 13 more. Correct the model" in found.message
    wide = Signature(tuple(Tensor("i" * 250 + str(n), "FP32", (1,)) for n in range(60)), ())
    found = verdict(Answers(SIGNATURE), [], wide, allow_change=False)
    assert found is not None
    assert len(found.message) < MAX_MESSAGE
    assert found.message.endswith("once callers are ready")
