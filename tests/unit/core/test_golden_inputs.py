"""Answers to golden inputs, compared: what fits, and in which words it does not."""

from __future__ import annotations

import math
from typing import Any

import pytest

from sluiceway.api.golden import Golden
from sluiceway.core.golden import MAX_MESSAGE, Output, mismatch
from tests.fakes.goldens import SCORE, answer, make_golden

NAN = math.nan


def expecting(datatype: str, *data: Any, **given: Any) -> Golden:
    return make_golden({"name": "score", "datatype": datatype, "data": data, **given})


FITS: dict[str, tuple[Golden, Output]] = {
    "a decimal that FP32 can not hold": (
        expecting("FP32", 0.1, tolerance={}),
        answer("FP32", 0.10000000149011612),
    ),
    "a decimal that FP16 can not hold": (
        expecting("FP16", 0.1, tolerance={}),
        answer("FP16", 0.0999755859375),
    ),
    "a decimal that BF16 can not hold": (expecting("BF16", 0.1, tolerance={}), answer("BF16", 0.10009765625)),
    "close for FP64": (expecting("FP64", 1), answer("FP64", 1 + 1.9e-7)),
    "close for FP32": (expecting("FP32", 100), answer("FP32", 100.5)),
    "close for FP16": (expecting("FP16", 100), answer("FP16", 101)),
    "close for BF16": (expecting("BF16", 100), answer("BF16", 108)),
    "close beside larger values": (expecting("FP32", 0, 0.5), answer("FP32", 0.0024, 0.5)),
    "close where all is zero": (expecting("FP32", 0, 0), answer("FP32", 0.004, 0.0)),
    "not a number, as expected": (expecting("FP32", "NaN"), answer("FP32", NAN)),
    "infinite, as expected": (expecting("FP32", "-Infinity"), answer("FP32", -math.inf)),
    "within the absolute tolerance": (
        expecting("FP32", 10, tolerance={"absolute": "0.5"}),
        answer("FP32", 10.5),
    ),
    "within the relative tolerance": (
        expecting("FP32", -10, tolerance={"relative": "5e-2"}),
        answer("FP32", -10.5),
    ),
    "within both together": (
        expecting("FP32", 10, tolerance={"absolute": "0.5", "relative": "0.05"}),
        answer("FP32", 11),
    ),
    "whole numbers within a tolerance": (
        expecting("INT8", 10, tolerance={"absolute": "1"}),
        answer("INT8", 11),
    ),
    "large whole numbers": (expecting("UINT64", str(2**64 - 1)), answer("UINT64", 2**64 - 1)),
    "truths": (expecting("BOOL", True, False), answer("BOOL", True, False)),
    "texts": (expecting("BYTES", "é"), answer("BYTES", b"\xc3\xa9")),
    "any shape when none is given": (expecting("FP32", 1, 2), answer("FP32", 1.0, 2.0, shape=(2, 1))),
    "nothing at all": (expecting("FP32", shape=[0, 3]), answer("FP32", shape=(0, 3))),
}


@pytest.mark.parametrize(("golden", "given"), FITS.values(), ids=FITS)
def test_an_answer_fits(golden: Golden, given: Output) -> None:
    assert mismatch(golden, {"score": given}) is None


DIFFERS: dict[str, tuple[Golden, Output, str]] = {
    "one value": (
        expecting("FP32", 0.92, tolerance={"absolute": "0.001"}),
        answer("FP32", 0.71),
        "score[0] is 0.71, expected 0.92 ± 0.001",
    ),
    "one of several, by its place": (
        make_golden({"name": "score", "datatype": "FP32", "shape": [2, 2], "data": [1, 2, 3, 4]}),
        answer("FP32", 1.0, 2.0, 3.5, 4.0, shape=(2, 2)),
        "score[1, 0] is 3.5, expected 3 ± 0.02 (1 of 4 values differs)",
    ),
    "the worst of several": (
        expecting("FP32", 1, 2, 3),
        answer("FP32", 1.5, 9.0, 3.0),
        "score[1] is 9, expected 2 ± 0.015 (2 of 3 values differ, this one most)",
    ),
    "a small difference of a precise type": (
        expecting("FP64", 0.1),
        answer("FP64", 0.1000005),
        "score[0] is 0.1000005, expected 0.1 ± 2e-08",
    ),
    "too far beside small values": (
        expecting("FP32", 0, 0.001),
        answer("FP32", 0.00001, 0.001),
        "score[0] is 1e-05, expected 0 ± 5e-06 (1 of 2 values differs)",
    ),
    "too far beside large values": (
        expecting("FP32", 0.1, 640),
        answer("FP32", 0.12, 640),
        "score[0] is 0.12, expected 0.1 ± 0.0055 (1 of 2 values differs)",
    ),
    "too far for BF16": (
        expecting("BF16", 1),
        answer("BF16", 1.1640625),
        "score[0] is 1.164, expected 1 ± 0.16",
    ),
    "too far for FP16": (
        expecting("FP16", 1),
        answer("FP16", 1.021),
        "score[0] is 1.021, expected 1 ± 0.02",
    ),
    "not a number": (expecting("FP32", 0.5), answer("FP32", NAN), "score[0] is NaN, expected 0.5 ± 0.005"),
    "a number": (expecting("FP32", "NaN"), answer("FP32", 0.5), "score[0] is 0.5, expected NaN"),
    "not a number is worst": (
        expecting("FP32", 1, 2),
        answer("FP32", 1e9, NAN),
        "score[1] is NaN, expected 2 ± 0.015 (2 of 2 values differ, this one most)",
    ),
    "infinite": (expecting("FP32", 1), answer("FP32", math.inf), "score[0] is Infinity, expected 1 ± 0.01"),
    "the other infinity": (
        expecting("FP32", "Infinity"),
        answer("FP32", -math.inf),
        "score[0] is -Infinity, expected Infinity",
    ),
    "finite": (expecting("FP32", "Infinity"), answer("FP32", 3e38), "score[0] is 3e+38, expected Infinity"),
    "whole numbers are exact": (expecting("INT64", 7), answer("INT64", 8), "score[0] is 8, expected 7"),
    "also large ones": (
        expecting("INT64", str(2**62)),
        answer("INT64", 2**62 + 1),
        f"score[0] is {2**62 + 1}, expected {2**62}",
    ),
    "large ones with a tolerance": (
        expecting("INT64", str(2**62), tolerance={"absolute": "2"}),
        answer("INT64", 2**62 + 3),
        f"score[0] is {2**62 + 3}, expected {2**62} ± 2",
    ),
    "a truth": (expecting("BOOL", True), answer("BOOL", False), "score[0] is false, expected true"),
    "a text": (expecting("BYTES", "fraud"), answer("BYTES", b"good"), 'score[0] is "good", expected "fraud"'),
    "bytes that are no text": (
        expecting("BYTES", "\\xff"),
        answer("BYTES", b"\xff"),
        'score[0] is "\\xff", expected "\\xff"',
    ),
    "the type": (expecting("FP32", 1), answer("FP64", 1.0), "score is FP64, expected FP32"),
    "the shape": (
        make_golden(SCORE),
        answer("FP32", 0.92, shape=(1,)),
        "score has shape [1], expected [1, 1]",
    ),
    "the number of elements": (
        expecting("FP32", 1, 2),
        answer("FP32", 1.0, 2.0, 3.0, shape=(1, 1000)),
        "score has 1000 elements in shape [1, 1000], expected 2",
    ),
}


@pytest.mark.parametrize(("golden", "given", "said"), DIFFERS.values(), ids=DIFFERS)
def test_an_answer_differs(golden: Golden, given: Output, said: str) -> None:
    assert mismatch(golden, {"score": given}) == f"golden input known-fraud: output {said}"


def test_an_output_is_missing() -> None:
    found = mismatch(make_golden(), {"other": answer("FP32", 1.0)})
    assert found == "golden input known-fraud: output score is missing from the answer"


def test_the_first_output_that_differs_is_told_and_the_others_are_counted() -> None:
    label = {"name": "label", "datatype": "INT8", "data": [1]}
    both = {"score": answer("FP32", 0.1, shape=(1, 1)), "label": answer("INT8", 2)}
    found = mismatch(make_golden(SCORE, label), both)
    assert found is not None
    assert found.startswith("golden input known-fraud: output score[0, 0] is 0.1, expected 0.92")
    assert found.endswith(" (2 of 2 outputs differ)")


def test_more_than_was_expected_may_come() -> None:
    fine = answer("FP32", 0.92, shape=(1, 1))
    assert mismatch(make_golden(), {"score": fine, "explanation": answer("BYTES", b"x")}) is None


def test_the_sentence_has_an_end() -> None:
    golden = make_golden({"name": "n" * 253, "datatype": "BYTES", "data": ["x" * 5000]}, name="g" * 63)
    found = mismatch(golden, {"n" * 253: answer("BYTES", b"y" * 5000)})
    assert found is not None
    assert len(found) <= MAX_MESSAGE
    assert found.count("…") == 3
