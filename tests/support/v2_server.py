"""A gRPC server of the V2 inference protocol on a free port, in this process: it plays one model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import grpc
import numpy as np
from tritonclient.grpc import model_config_pb2, service_pb2, service_pb2_grpc
from tritonclient.utils import deserialize_bytes_tensor, serialize_byte_tensor, triton_to_np_dtype

from tests.fakes.models import FakeModel, Refuses, Silent


@asynccontextmanager
async def serving(model: FakeModel, name: str) -> AsyncIterator[str]:
    """Serve *model* under *name* for one block; yield the server's `address:port`."""
    server = grpc.aio.server()
    service_pb2_grpc.add_GRPCInferenceServiceServicer_to_server(_Servicer(model, name), server)
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        yield f"127.0.0.1:{port}"
    finally:
        await server.stop(grace=None)


class _Servicer(service_pb2_grpc.GRPCInferenceServiceServicer):  # type: ignore[misc]
    def __init__(self, model: FakeModel, name: str) -> None:
        self._model = model
        self._name = name

    async def ModelMetadata(self, request: Any, context: Any) -> Any:  # noqa: N802 - the protocol's name
        await self._known(request.name, context)
        tensor = service_pb2.ModelMetadataResponse.TensorMetadata
        inputs, outputs = (
            [tensor(name=one.name, datatype=one.datatype, shape=one.shape) for one in side]
            for side in (self._model.signature.inputs, self._model.signature.outputs)
        )
        return service_pb2.ModelMetadataResponse(name=self._name, inputs=inputs, outputs=outputs)

    async def ModelConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        await self._known(request.name, context)
        inputs = [
            model_config_pb2.ModelInput(name=one.name, optional=one.optional)
            for one in self._model.signature.inputs
        ]
        return service_pb2.ModelConfigResponse(
            config=model_config_pb2.ModelConfig(name=self._name, input=inputs)
        )

    async def ModelInfer(self, request: Any, context: Any) -> Any:  # noqa: N802
        await self._known(request.model_name, context)
        try:
            given = self._model.reply(_decoded(request))
        except Refuses as error:
            await context.abort(grpc.StatusCode[error.status], error.words)
        except Silent:
            await asyncio.Event().wait()
        response = service_pb2.ModelInferResponse(model_name=self._name, model_version="1")
        for wanted in request.outputs:
            if (output := given.get(wanted.name)) is None:
                continue
            response.outputs.add(name=wanted.name, datatype=output.datatype, shape=output.shape)
            response.raw_output_contents.append(_encoded(output.datatype, output.values))
        return response

    async def _known(self, name: str, context: Any) -> None:
        if name != self._name:
            await context.abort(
                grpc.StatusCode.NOT_FOUND, f"Request for unknown model: '{name}' is not found"
            )


def _decoded(request: Any) -> dict[str, tuple[Any, ...]]:
    found = {}
    for tensor, raw in zip(request.inputs, request.raw_input_contents, strict=True):
        if tensor.datatype == "BYTES":
            values = deserialize_bytes_tensor(raw)
        else:
            values = np.frombuffer(raw, dtype=triton_to_np_dtype(tensor.datatype))
        assert values.size == np.prod(tensor.shape)
        found[tensor.name] = tuple(values.tolist())
    return found


def _encoded(datatype: str, values: Any) -> bytes:
    array = np.array(values, dtype=triton_to_np_dtype(datatype))
    if datatype == "BYTES":
        return bytes(serialize_byte_tensor(array).item()) if array.size else b""
    return array.tobytes()
