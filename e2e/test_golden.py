"""Golden inputs on a real cluster: the operator's own image asks real Triton for a torch model's answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from e2e import scenario
from e2e.client import Example
from e2e.stage import Stage
from e2e.trained import put_fraud
from tests.support.cluster_view import View

pytestmark = pytest.mark.e2e

# Run in the operator's pod: with its packages, its user and its read-only file system.
_ASK = """
import asyncio, json, sys
from sluiceway.adapters.triton import TritonProber
from sluiceway.api.golden import Golden
from sluiceway.core.verification import Ask, verdict
golden = [Golden.model_validate(one) for one in json.loads(sys.argv[3])]
ask = Ask("fraud-1a2b3", sys.argv[1], sys.argv[2], tuple(golden))
answers = asyncio.run(TritonProber().ask(ask))
finding = verdict(answers, golden, None, allow_change=False)
signature = answers.signature and answers.signature.to_dict()
print(json.dumps({"signature": signature, "finding": finding and [finding.reason, finding.message]}))
"""


def told(stage: Stage, address: str, golden: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the operator finds when it asks the model at *address*."""
    given = ("python", "-", address, "fraud", json.dumps(golden))
    text = View(stage.cluster, scenario.SYSTEM).kubectl(
        "exec", "-i", "deployment/sluiceway", "--", *given, stdin=_ASK
    )
    found: dict[str, Any] = json.loads(text)
    return found


def golden_input(example: Example) -> dict[str, Any]:
    """Return the exporter's examples as a golden input."""
    sides = {
        side: [
            {"name": name, "datatype": "FP32", "shape": list(values.shape), "data": values.ravel().tolist()}
            for name, values in tensors.items()
        ]
        for side, tensors in (("inputs", example.inputs), ("outputs", example.outputs))
    }
    return {"name": "from-the-exporter", **sides}


def test_a_model_gives_its_own_answers_and_not_another_models(
    stage: Stage, view: View, torch_example: Example
) -> None:
    right = golden_input(torch_example)
    other = golden_input(put_fraud(view, "fraud/2", seed=8)) | {"name": "of-another-model"}
    resource = scenario.fraud("fraud/1", traffic=None)
    resource["spec"]["model"]["golden"] = [right]
    view.apply(resource)
    view.kubectl("wait", "--for=condition=Ready", "mdep/fraud", "--timeout=120s")
    (pod,) = view.list("pods", "app.kubernetes.io/managed-by=sluiceway")
    address = f"{pod['status']['podIP']}:8001"
    assert told(stage, address, [right]) == {
        "signature": {
            "inputs": [{"name": "features", "datatype": "FP32", "shape": [-1, 8]}],
            "outputs": [{"name": "score", "datatype": "FP32", "shape": [-1, 1]}],
        },
        "finding": None,
    }
    reason, message = told(stage, address, [right, other])["finding"]
    assert reason == "GoldenMismatch"
    assert message.startswith("golden input of-another-model: output score[")
    renamed = right | {"inputs": [right["inputs"][0] | {"name": "payment"}]}
    reason, message = told(stage, address, [renamed])["finding"]
    assert reason == "GoldenMismatch"
    assert "unexpected inference input 'payment' for model 'fraud' (INVALID_ARGUMENT)" in message
    assert told(stage, f"{pod['status']['podIP']}:8003", [])["finding"][0] == "Verifying"
