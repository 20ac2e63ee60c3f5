"""Inputs and outputs of two revisions: which changes break a caller."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluiceway.core.signature import Signature, Tensor, changes

FEATURES = Tensor("features", "FP32", (-1, 8))
SCORE = Tensor("score", "FP32", (-1, 1))
STABLE = Signature((FEATURES,), (SCORE,))
HINT = Tensor("hint", "BYTES", (-1, 1))
OPTIONAL = replace(HINT, optional=True)


def takes(*inputs: Tensor) -> Signature:
    return Signature(inputs, (SCORE,))


def gives(*outputs: Tensor) -> Signature:
    return Signature((FEATURES,), outputs)


def fixed(tensor: Tensor, *shape: int) -> Tensor:
    return replace(tensor, shape=shape)


HARMLESS = {
    "nothing": (STABLE, STABLE),
    "another output": (STABLE, gives(SCORE, HINT)),
    "another optional input": (STABLE, takes(FEATURES, OPTIONAL)),
    "an input that becomes optional": (takes(FEATURES, HINT), takes(FEATURES, OPTIONAL)),
    "another order": (takes(FEATURES, HINT), takes(HINT, FEATURES)),
    "an input that takes any size": (STABLE, takes(fixed(FEATURES, -1, -1))),
    "an output with a fixed size": (gives(fixed(SCORE, -1, -1)), gives(fixed(SCORE, -1, 3))),
}


@pytest.mark.parametrize(("stable", "candidate"), HARMLESS.values(), ids=HARMLESS)
def test_callers_do_not_notice(stable: Signature, candidate: Signature) -> None:
    assert changes(stable, candidate) == []


BREAKING: dict[str, tuple[Signature, Signature, list[str]]] = {
    "a renamed input": (
        STABLE,
        takes(replace(FEATURES, name="payment")),
        ["input features is gone", "input payment (FP32 [-1, 8]) is new and required"],
    ),
    "a dropped optional input": (takes(FEATURES, OPTIONAL), STABLE, ["input hint is gone"]),
    "an input of another type": (
        STABLE,
        takes(replace(FEATURES, datatype="FP64")),
        ["input features takes FP64 [-1, 8], took FP32 [-1, 8]"],
    ),
    "an input of another size": (
        STABLE,
        takes(fixed(FEATURES, -1, 9)),
        ["input features takes FP32 [-1, 9], took FP32 [-1, 8]"],
    ),
    "an input of one size only": (
        STABLE,
        takes(fixed(FEATURES, 4, 8)),
        ["input features takes FP32 [4, 8], took FP32 [-1, 8]"],
    ),
    "an input of fewer dimensions": (
        STABLE,
        takes(fixed(FEATURES, 8)),
        ["input features takes FP32 [8], took FP32 [-1, 8]"],
    ),
    "an input that becomes required": (
        takes(FEATURES, OPTIONAL),
        takes(FEATURES, HINT),
        ["input hint is required, was optional"],
    ),
    "a new input": (STABLE, takes(FEATURES, HINT), ["input hint (BYTES [-1, 1]) is new and required"]),
    "a dropped output": (gives(SCORE, HINT), STABLE, ["output hint is gone"]),
    "a renamed output": (STABLE, gives(replace(SCORE, name="p")), ["output score is gone"]),
    "an output of another type": (
        STABLE,
        gives(replace(SCORE, datatype="FP16")),
        ["output score gives FP16 [-1, 1], gave FP32 [-1, 1]"],
    ),
    "an output of another size": (
        STABLE,
        gives(fixed(SCORE, -1, 2)),
        ["output score gives FP32 [-1, 2], gave FP32 [-1, 1]"],
    ),
    "an output of any size": (
        STABLE,
        gives(fixed(SCORE, -1, -1)),
        ["output score gives FP32 [-1, -1], gave FP32 [-1, 1]"],
    ),
    "an output of more dimensions": (
        STABLE,
        gives(fixed(SCORE, -1, 1, 1)),
        ["output score gives FP32 [-1, 1, 1], gave FP32 [-1, 1]"],
    ),
}


@pytest.mark.parametrize(("stable", "candidate", "found"), BREAKING.values(), ids=BREAKING)
def test_callers_would_fail(stable: Signature, candidate: Signature, found: list[str]) -> None:
    assert changes(stable, candidate) == found


tensors = st.builds(
    Tensor,
    st.sampled_from("abc"),
    st.sampled_from(["FP32", "INT64"]),
    st.lists(st.sampled_from([-1, 1, 2]), max_size=2).map(tuple),
    st.booleans(),
)
sides = st.lists(tensors, max_size=3, unique_by=lambda one: one.name).map(tuple)
signatures = st.builds(Signature, sides, sides)


@given(signatures)
def test_a_signature_is_written_and_read_back(signature: Signature) -> None:
    # `optional` of an output is nothing that Triton tells, and is kept all the same.
    assert Signature.from_dict(signature.to_dict()) == signature


@given(signatures)
def test_a_model_like_the_stable_breaks_nobody(signature: Signature) -> None:
    assert changes(signature, signature) == []


@given(signatures, signatures, signatures)
def test_two_harmless_changes_are_harmless_together(
    first: Signature, second: Signature, third: Signature
) -> None:
    if not changes(first, second) and not changes(second, third):
        assert changes(first, third) == []


@pytest.mark.parametrize(
    "given",
    [
        None,
        {},
        [],
        {"inputs": None, "outputs": []},
        {"inputs": [{"name": "x"}], "outputs": []},
        {"inputs": [], "outputs": [{"name": "x", "datatype": "FP32", "shape": ["wide"]}]},
        {"inputs": ["x"], "outputs": []},
    ],
)
def test_what_is_no_signature_is_not_read(given: Any) -> None:
    with pytest.raises(ValueError, match=r"not a signature|invalid literal"):
        Signature.from_dict(given)


def test_the_written_form_is_plain_json() -> None:
    assert takes(FEATURES, OPTIONAL).to_dict() == {
        "inputs": [
            {"name": "features", "datatype": "FP32", "shape": [-1, 8]},
            {"name": "hint", "datatype": "BYTES", "shape": [-1, 1], "optional": True},
        ],
        "outputs": [{"name": "score", "datatype": "FP32", "shape": [-1, 1]}],
    }
