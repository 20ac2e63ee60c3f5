"""What can be written as a golden input, and what is said of what can not."""

from __future__ import annotations

import math
from typing import Any

import pytest
from pydantic import ValidationError

from sluiceway.api.golden import MAX_BYTES, Golden, GoldenOutput
from sluiceway.api.model import Model
from sluiceway.api.tensors import Tensor
from tests.fakes.goldens import FEATURES, SCORE
from tests.fakes.objects import MODEL


def tensor(datatype: str, *data: Any) -> Tensor:
    return Tensor.model_validate({"name": "x", "datatype": datatype, "shape": [len(data)], "data": data})


WRITTEN: dict[str, tuple[tuple[Any, ...], tuple[Any, ...]]] = {
    "BOOL": ((True, False), (True, False)),
    "INT8": ((-128, 127, 1.0, "5"), (-128, 127, 1, 5)),
    "UINT8": ((0, 255), (0, 255)),
    "INT64": (("-9223372036854775808", 2**53 - 1), (-(2**63), 2**53 - 1)),
    "UINT64": (("18446744073709551615",), (2**64 - 1,)),
    "FP16": ((65504, -0.1), (65504.0, -0.1)),
    "BF16": ((3.3895e38, 1), (3.3895e38, 1.0)),
    "FP32": ((1, 1e-45, "0.1", "Infinity", "-Infinity"), (1.0, 1e-45, 0.1, math.inf, -math.inf)),
    "FP64": ((1e308, 5), (1e308, 5.0)),
    "BYTES": (("", "é", "1"), (b"", b"\xc3\xa9", b"1")),
}


@pytest.mark.parametrize(("datatype", "both"), WRITTEN.items(), ids=WRITTEN)
def test_elements_become_values_of_their_type(
    datatype: str, both: tuple[tuple[Any, ...], tuple[Any, ...]]
) -> None:
    data, values = both
    found = tensor(datatype, *data).values
    assert found == values
    assert [type(value) for value in found] == [type(value) for value in values]


def test_not_a_number_is_a_value() -> None:
    (value,) = tensor("FP32", "NaN").values
    assert isinstance(value, float)
    assert math.isnan(value)


REFUSED: dict[str, tuple[str, Any, str]] = {
    "a number for BOOL": ("BOOL", 1, "1 is neither true nor false, as BOOL asks for"),
    "a truth for a number": ("FP32", True, "true is not a number, as FP32 asks for"),
    "a word for a number": ("FP32", "high", "'high' is not a number that FP32 holds"),
    "a small nan": ("FP32", "nan", "'nan' is not a number that FP32 holds"),
    "more than FP16 holds": ("FP16", 65505, "65505 is not a number that FP16 holds"),
    "more than BF16 holds": ("BF16", 3.4e38, "3.4e+38 is not a number that BF16 holds"),
    "more than FP32 holds": ("FP32", -3.5e38, "-3.5e+38 is not a number that FP32 holds"),
    "more than FP64 holds": ("FP64", "1e309", "'1e309' is not a number that FP64 holds"),
    "more than INT8 holds": ("INT8", 128, "128 is not between -128 and 127, as INT8 asks for"),
    "less than UINT16 holds": ("UINT16", -1, "-1 is not between 0 and 65535, as UINT16 asks for"),
    "a part": ("INT32", 1.5, "1.5 is not a whole number"),
    "no number": ("INT32", "NaN", "'NaN' is not a whole number"),
    "what kubectl rounds": ("INT64", 2**53, "9007199254740992 is rounded on its way here: put whole numbers"),
    "what was rounded": ("UINT64", 1.8446744073709552e19, "1.8446744073709552e+19 is rounded on its way"),
    "a number for BYTES": ("BYTES", 7, "BYTES are written as text: put 7 in quotes"),
    "a long text": ("FP32", "9" * 400, "'999999999999999999999999999999999999999… is not a number"),
}


@pytest.mark.parametrize(("datatype", "element", "said"), REFUSED.values(), ids=REFUSED)
def test_an_element_that_does_not_fit_is_named(datatype: str, element: Any, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        tensor(datatype, element)
    (error,) = refused.value.errors()
    assert error["msg"].startswith(f"Value error, x: data[0]: {said}")


@pytest.mark.parametrize("element", [None, [1], {"a": 1}])
def test_an_element_is_never_null_or_a_list_or_an_object(element: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        tensor("FP32", element)
    (error,) = refused.value.errors()
    assert (error["loc"], error["msg"]) == (
        ("data", 0),
        "Value error, give a number, true, false or text: no null, no list and no object",
    )


@pytest.mark.parametrize("place", ["inputs", "outputs"])
def test_data_fills_the_shape(place: str) -> None:
    given = {"name": "a", "inputs": [FEATURES], "outputs": [SCORE]}
    given[place] = [{"name": "x", "datatype": "FP32", "shape": [2, 3], "data": [1, 2, 3, 4]}]
    with pytest.raises(ValidationError) as refused:
        Golden.model_validate(given)
    (error,) = refused.value.errors()
    assert error["loc"] == (place, 0)
    assert error["msg"] == "Value error, x: shape [2, 3] takes 6 elements, data holds 4"


def test_an_empty_tensor_is_one() -> None:
    given = {"name": "a", "inputs": [{"name": "x", "datatype": "INT8", "shape": [0, 4]}], "outputs": [SCORE]}
    assert Golden.model_validate(given).inputs[0].values == ()


def test_something_is_expected() -> None:
    with pytest.raises(ValidationError, match="score: data is missing, the values that are expected"):
        GoldenOutput.model_validate({"name": "score", "datatype": "FP32"})


def test_what_is_sent_has_a_shape() -> None:
    without = {key: value for key, value in FEATURES.items() if key != "shape"}
    with pytest.raises(ValidationError, match=r"inputs\.0\.shape"):
        Golden.model_validate({"name": "a", "inputs": [without], "outputs": [SCORE]})


def test_all_golden_inputs_together_are_small() -> None:
    words = {"name": "x", "datatype": "BYTES", "shape": [20], "data": ["x" * 4000] * 20}
    first = {"name": "a", "inputs": [words], "outputs": [SCORE]}
    assert len(Model.model_validate({**MODEL, "golden": [first]}).golden) == 1
    with pytest.raises(
        ValidationError, match=rf"the golden inputs take 16\d+ bytes as JSON; at most {MAX_BYTES}"
    ):
        Model.model_validate({**MODEL, "golden": [first, {**first, "name": "b"}]})
