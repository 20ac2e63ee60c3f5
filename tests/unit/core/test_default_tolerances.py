"""The default tolerances, tried on a network that is computed in each type, as GPUs do it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from numpy.typing import NDArray

from sluiceway.api.golden import GoldenOutput
from sluiceway.core.golden import DEFAULT_SHARES, Output, mismatch
from tests.fakes.goldens import make_golden

Array = NDArray[Any]

WIDTH, LAYERS, CLASSES = 128, 24, 50
SEEDS = range(3)


def _to_tf32(values: Array) -> Array:
    """Keep 10 bits of the mantissa, rounded half to even."""
    bits: Array = values.astype(np.float32).view(np.uint32)
    kept: Array = (bits + 0xFFF + (bits >> 13 & 1)) >> 13 << 13
    return kept.astype(np.uint32).view(np.float32)


def _through(kind: Any) -> Callable[[Array], Array]:
    return lambda values: values.astype(kind).astype(np.float32)


@dataclass(frozen=True)
class Arithmetic:
    """How numbers are stored between operations, and rounded before they are multiplied; sums are FP32."""

    stored: Callable[[Array], Array]
    multiplied: Callable[[Array], Array] = lambda values: values


KINDS = {
    "FP32": ("FP32", Arithmetic(_through(np.float32))),
    "FP32 on TF32": ("FP32", Arithmetic(_through(np.float32), _to_tf32)),
    "FP16": ("FP16", Arithmetic(_through(np.float16))),
    "BF16": ("BF16", Arithmetic(_through(ml_dtypes.bfloat16))),
}
EXACT = Arithmetic(lambda values: values.astype(np.float64))


@dataclass(frozen=True)
class Network:
    """Residual layers as in a transformer, without attention; answers with logits and probabilities."""

    layers: list[tuple[Array, Array]]
    head: Array

    def run(self, given: Array, by: Arithmetic) -> tuple[Array, Array]:
        def product(left: Array, right: Array) -> Array:
            return by.stored(by.multiplied(left) @ by.multiplied(by.stored(right)))

        def normed(values: Array) -> Array:
            mean, deviation = values.mean(keepdims=True), values.std(keepdims=True)
            return by.stored((values - mean) / deviation)

        state = by.stored(given)
        for widening, narrowing in self.layers:
            state = by.stored(state + product(np.maximum(product(normed(state), widening), 0), narrowing))
        logits = product(normed(state), self.head)
        powers = np.exp(logits - logits.max())
        return logits, by.stored(powers / powers.sum())


def network(seed: int) -> tuple[Network, Array]:
    random = np.random.default_rng(seed)

    def weights(rows: int, columns: int, gain: float) -> Array:
        found: Array = random.standard_normal((rows, columns)) * np.sqrt(gain / rows)
        return found

    layers = [(weights(WIDTH, 4 * WIDTH, 2), weights(4 * WIDTH, WIDTH, 1)) for _ in range(LAYERS)]
    return Network(layers, weights(WIDTH, CLASSES, 1)), random.standard_normal((1, WIDTH))


def differs(datatype: str, expected: Array, found: Array) -> str | None:
    output = {
        "name": "y",
        "datatype": datatype,
        "shape": list(expected.shape),
        "data": expected.ravel().tolist(),
    }
    answer = Output(datatype, found.shape, tuple(found.ravel().tolist()))
    return mismatch(make_golden(output), {"y": answer})


@pytest.mark.parametrize(("datatype", "arithmetic"), KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_network_fits(seed: int, datatype: str, arithmetic: Arithmetic) -> None:
    same, given = network(seed)
    pairs = zip(same.run(given, EXACT), same.run(given, arithmetic), strict=True)
    assert [differs(datatype, expected, found) for expected, found in pairs] == [None, None]


@pytest.mark.parametrize(("datatype", "arithmetic"), KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_network_without_a_quarter_of_its_layers_does_not(
    seed: int, datatype: str, arithmetic: Arithmetic
) -> None:
    same, given = network(seed)
    other = Network(same.layers[: -LAYERS // 4], same.head)
    pairs = zip(same.run(given, EXACT), other.run(given, arithmetic), strict=True)
    assert all(differs(datatype, expected, found) for expected, found in pairs)


def test_documents_and_code_tell_the_same_shares() -> None:
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "golden-inputs.md").read_text()
    table = re.findall(r"^[|] (\w+) [|] (\S+) · [(]abs", page, re.MULTILINE)
    assert {datatype: float(share) for datatype, share in table} == DEFAULT_SHARES
    described = GoldenOutput.model_fields["tolerance"].description or ""
    told = re.findall(r"(\S+)\s+for\s+(\w+)", described)
    assert {datatype: float(share) for share, datatype in told} == DEFAULT_SHARES
