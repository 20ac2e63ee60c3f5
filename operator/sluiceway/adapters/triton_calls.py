"""Calls to one Triton server with `tritonclient.grpc.aio`: to its types and back.

https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_grpc.md
"""

from __future__ import annotations

import re
from typing import Any, Self

import numpy as np
from tritonclient.grpc import InferInput, InferRequestedOutput
from tritonclient.grpc.aio import InferenceServerClient
from tritonclient.utils import InferenceServerException, triton_to_np_dtype

from sluiceway.api import names
from sluiceway.api.golden import Golden
from sluiceway.api.tensors import Tensor as Sent
from sluiceway.core.golden import Output
from sluiceway.core.signature import Signature, Tensor

MAX_MESSAGE_BYTES = 16 * 2**20
_CHANNEL = [
    ("grpc.max_send_message_length", MAX_MESSAGE_BYTES),
    ("grpc.max_receive_message_length", MAX_MESSAGE_BYTES),
    # A pod is asked directly: a proxy in the operator's environment is for other places.
    ("grpc.enable_http_proxy", 0),
]

# What Triton says of a request that it will not take (src/grpc/grpc_utils.cc): asked again, it says the same.
_REFUSED = frozenset({"INVALID_ARGUMENT", "UNIMPLEMENTED", "ALREADY_EXISTS"})
# What a model's own failure becomes, but a broken connection or a full memory too: refused if said twice.
_REFUSED_TWICE = frozenset({"INTERNAL", "UNKNOWN", "RESOURCE_EXHAUSTED"})

_REQUEST_ID = re.compile(r"^\[request id: [^]]*\] ")


class Server:
    """A connection to one server, closed at the end of its block."""

    def __init__(self, target: str, revision: str) -> None:
        self._client = InferenceServerClient(target, channel_args=_CHANNEL)
        self._headers = {names.HEADER_REVISION: revision}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def signature(self, model: str, seconds: float) -> Signature:
        """Return the model's inputs and outputs.

        :raises OSError: when the server does not tell them.
        """
        asked = {"headers": self._headers, "client_timeout": seconds}
        try:
            metadata = await self._client.get_model_metadata(
                model, headers=self._headers, client_timeout=seconds
            )
            # Shapes with the batch are in the metadata only, what may be left out in the configuration only.
            config = (await self._client.get_model_config(model, **asked)).config
        except InferenceServerException as error:
            raise _trouble(error, seconds) from error
        optional = {one.name for one in config.input if one.optional}
        return Signature(
            tuple(_tensor(one, optional=one.name in optional) for one in metadata.inputs),
            tuple(_tensor(one) for one in metadata.outputs),
        )

    async def infer(self, model: str, golden: Golden, *, again: bool = False) -> dict[str, Output] | str:
        """Return the outputs that *golden* names, or the words in which the server refuses it.

        :raises OSError: when there is no answer: the server can not be reached or is busy, or the deadline
            passed.
        :raises ValueError: when the answer can not be read.
        """
        try:
            return await self._infer(model, golden)
        except InferenceServerException as error:
            status = _status(error)
            if status in _REFUSED or (again and status in _REFUSED_TWICE):
                return _words(error)
            if status not in _REFUSED_TWICE:
                raise _trouble(error, golden.deadline_seconds) from error
        return await self.infer(model, golden, again=True)

    async def _infer(self, model: str, golden: Golden) -> dict[str, Output]:
        result = await self._client.infer(
            model,
            [_input(one) for one in golden.inputs],
            outputs=[InferRequestedOutput(one.name) for one in golden.outputs],
            headers=self._headers,
            request_id=f"golden-{golden.name}",  # for those who read Triton's log
            client_timeout=golden.deadline_seconds,
        )
        return {
            one.name: _output(result, one)
            for one in golden.outputs
            if result.get_output(one.name) is not None
        }


def _tensor(told: Any, *, optional: bool = False) -> Tensor:
    return Tensor(told.name, told.datatype, tuple(told.shape), optional)


def _input(tensor: Sent) -> Any:
    sent = InferInput(tensor.name, list(tensor.shape), str(tensor.datatype))
    values = np.array(tensor.values, dtype=triton_to_np_dtype(tensor.datatype))
    sent.set_data_from_numpy(values.reshape(tensor.shape))
    return sent


def _output(result: Any, expected: Sent) -> Output:
    told = result.get_output(expected.name)
    values = result.as_numpy(expected.name).ravel()[: len(expected.data) + 1]
    return Output(told.datatype, tuple(told.shape), tuple(values.tolist()))


def _status(error: Any) -> str:
    return str(error.status()).removeprefix("StatusCode.")


def _words(error: Any) -> str:
    said = _REQUEST_ID.sub("", " ".join(str(error.message()).split()))
    return f"{said} ({_status(error)})"


def _trouble(error: Any, seconds: float) -> OSError:
    if _status(error) == "DEADLINE_EXCEEDED":
        return TimeoutError(f"no answer within {seconds:g} s")
    return ConnectionError(_words(error))
