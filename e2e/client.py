"""A caller from outside: requests through the gateway with `tritonclient`, answers compared by value."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
import tritonclient.grpc as triton_grpc
import tritonclient.http as triton_http
from numpy.typing import NDArray
from tritonclient.utils import InferenceServerException

from tests.support.poll import eventually

TIMEOUT_SECONDS = 10.0
RELATIVE_TOLERANCE = 1e-5
"""Of FP32 results that were computed by the same library on the same machine."""


@dataclass(frozen=True)
class Example:
    """Inputs and the outputs that they must give, by tensor name."""

    inputs: dict[str, NDArray[np.float32]]
    outputs: dict[str, NDArray[np.float32]]

    @classmethod
    def parse(cls, text: str) -> Example:
        """Read what a model's exporter printed: a request of the Open Inference Protocol and its answer."""
        found = json.loads(text)
        return cls(_tensors(found["inputs"]), _tensors(found["outputs"]))

    def written(self) -> str:
        """Return the text that `parse` reads."""
        return json.dumps({"inputs": _described(self.inputs), "outputs": _described(self.outputs)})

    def matches(self, answer: Any) -> bool:
        """Tell whether an answer is what was expected."""
        return all(
            np.allclose(answer.as_numpy(name), wanted, rtol=RELATIVE_TOLERANCE, atol=0)
            for name, wanted in self.outputs.items()
        )

    def check(self, answer: Any) -> None:
        """Compare an answer with what was expected.

        :raises AssertionError: naming the tensor that differs, and how.
        """
        for name, wanted in self.outputs.items():
            np.testing.assert_allclose(answer.as_numpy(name), wanted, rtol=RELATIVE_TOLERANCE, err_msg=name)


@dataclass(frozen=True)
class Caller:
    """Somebody who knows the gateway's address and the hostname of a model."""

    address: str
    """`host:port` of the gateway."""
    hostname: str
    model: str
    headers: tuple[tuple[str, str], ...] = ()

    def first_answer(self, example: Example) -> None:
        """Wait until the gateway's proxy knows the way: an accepted route reaches it a moment later."""

        def answered() -> bool:
            try:
                self.http(example)
            except InferenceServerException as error:
                # 404: no route yet; 503: no endpoint yet. Both without a word of Triton's.
                if error.status() not in ("404", "503"):
                    raise
                return False
            return True

        eventually(f"{self.hostname} answers", answered)

    def http(self, example: Example) -> None:
        """Send one HTTP inference request and check its answer."""
        with triton_http.InferenceServerClient(
            self.address, connection_timeout=TIMEOUT_SECONDS, network_timeout=TIMEOUT_SECONDS
        ) as client:
            headers = {"Host": self.hostname, **dict(self.headers)}
            inputs = [filled(triton_http.InferInput, item) for item in example.inputs.items()]
            example.check(client.infer(self.model, inputs, headers=headers))

    def grpc(self, example: Example) -> None:
        """Send one gRPC inference request and check its answer."""
        authority = [("grpc.default_authority", self.hostname)]
        with triton_grpc.InferenceServerClient(self.address, channel_args=authority) as client:
            inputs = [filled(triton_grpc.InferInput, item) for item in example.inputs.items()]
            answer = client.infer(
                self.model, inputs, headers=dict(self.headers), client_timeout=TIMEOUT_SECONDS
            )
            example.check(answer)


def _tensors(given: list[dict[str, Any]]) -> dict[str, NDArray[np.float32]]:
    return {item["name"]: np.array(item["data"], np.float32).reshape(item["shape"]) for item in given}


def _described(tensors: dict[str, NDArray[np.float32]]) -> list[dict[str, Any]]:
    return [
        {"name": name, "datatype": "FP32", "shape": list(values.shape), "data": values.ravel().tolist()}
        for name, values in tensors.items()
    ]


def filled(kind: Any, item: tuple[str, NDArray[np.float32]]) -> Any:
    """Return one input of a request; *kind* is the protocol's `InferInput`."""
    name, values = item
    tensor = kind(name, list(values.shape), "FP32")
    tensor.set_data_from_numpy(values)
    return tensor
