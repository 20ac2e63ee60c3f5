"""Rounding to the types of few bits, against numpy's."""

from __future__ import annotations

import math
import warnings

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sluiceway.api.tensors import Datatype
from sluiceway.core.floats import rounded, shortest

TYPES = {
    Datatype.FP16: (np.float16, 65504.0),
    Datatype.BF16: (ml_dtypes.bfloat16, (2 - 2**-7) * 2.0**127),
    Datatype.FP32: (np.float32, (2 - 2**-23) * 2.0**127),
    Datatype.FP64: (np.float64, 1.7e308),
}


@pytest.mark.parametrize("datatype", TYPES)
@given(share=st.floats(-1, 1), small=st.integers(0, 60))
def test_a_value_is_rounded_as_numpy_does(datatype: Datatype, share: float, small: int) -> None:
    kind, largest = TYPES[datatype]
    # From float32: numpy's bfloat16 rounds a float64 by way of it, as the client library does.
    value = float(np.float32(share * min(largest, 3e38) * 2.0**-small))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        assert rounded(value, datatype) == float(kind(value))


@pytest.mark.parametrize("datatype", TYPES)
@given(share=st.floats(-1, 1), small=st.integers(0, 60))
def test_the_shortest_text_names_the_value(datatype: Datatype, share: float, small: int) -> None:
    value = rounded(share * min(TYPES[datatype][1], 3e38) * 2.0**-small, datatype)
    assert rounded(float(shortest(value, datatype)), datatype) == value


SHORT = {
    "FP32": (Datatype.FP32, 0.7099999785423279, "0.71"),
    "FP16": (Datatype.FP16, 0.0999755859375, "0.1"),
    "BF16": (Datatype.BF16, 0.10009765625, "0.1"),
    "FP64": (Datatype.FP64, 0.1 + 0.2, "0.30000000000000004"),
    "the largest of FP16": (Datatype.FP16, 65504.0, "6.55e+04"),
    "a whole number": (Datatype.INT64, 2**62 + 1, "4611686018427387905"),
    "infinity": (Datatype.FP32, -math.inf, "-Infinity"),
}


@pytest.mark.parametrize(("datatype", "value", "text"), SHORT.values(), ids=SHORT)
def test_texts_are_short(datatype: Datatype, value: float, text: str) -> None:
    assert shortest(value, datatype) == text


def test_what_is_not_finite_stays() -> None:
    assert rounded(math.inf, Datatype.BF16) == math.inf
    assert math.isnan(rounded(math.nan, Datatype.BF16))
