"""Triton's control API does not leave the pod: not by its name, and not by any trick with it."""

from __future__ import annotations

from collections.abc import Callable

import grpc
import pytest
from tritonclient.grpc import service_pb2

from sluiceway.build.guard import ports
from tests.guard.triton import PlayedTriton
from tests.guard.wire import INFER, ask, infer, line, request
from tests.support.guard import Guard

pytestmark = pytest.mark.asyncio(loop_scope="module")

_SHARED_MEMORY = [
    (method, f"/v2/{kind}sharedmemory/{what}")
    for kind in ("system", "cuda", "xpu")
    for method, what in (
        ("GET", "status"),
        ("GET", "region/r/status"),
        ("POST", "region/r/register"),
        ("POST", "region/r/unregister"),
        ("POST", "unregister"),
    )
]
CONTROL = [
    ("POST", "/v2/repository/index"),
    ("POST", "/v2/repository/models/fraud/load"),
    ("POST", "/v2/repository/models/fraud/unload"),
    *((method, "/v2/trace/setting") for method in ("GET", "POST")),
    *((method, "/v2/models/fraud/trace/setting") for method in ("GET", "POST")),
    *((method, "/v2/logging") for method in ("GET", "POST")),
    *_SHARED_MEMORY,
]

_UP = "/v2/models/fraud/infer/../../../.."

Trick = Callable[[str, str], bytes]
TRICKS: dict[str, Trick] = {
    "as it is": lambda method, path: request(path, method=method),
    "another method": lambda _, path: request(path, method="PUT"),
    "an unknown method": lambda _, path: request(path, method="LOAD"),
    "HTTP/1.0": lambda method, path: request(path, method=method, version="1.0"),
    "absolute form": lambda method, path: request(f"http://127.0.0.1{path}", method=method),
    "upper case": lambda method, path: request(path.upper(), method=method),
    "trailing slash": lambda method, path: request(f"{path}/", method=method),
    "slashes in front": lambda method, path: request(f"//{path}", method=method),
    "slashes inside": lambda method, path: request(path.replace("/", "//"), method=method),
    "a dot": lambda method, path: request(path.replace("/", "/./"), method=method),
    "up from an open path": lambda method, path: request(_UP + path, method=method),
    "up, with dots encoded": lambda method, path: request(_UP.replace(".", "%2e") + path, method=method),
    "up, with slashes encoded": lambda method, path: request(
        INFER + _UP.removeprefix(INFER).replace("/", "%2f") + path, method=method
    ),
    "up, encoded twice": lambda method, path: request(
        INFER.replace("fraud", f"fraud{'%252f..' * 4}{path.replace('/', '%252f')}"), method=method
    ),
    "slashes encoded": lambda method, path: request("/v2" + path[3:].replace("/", "%2F"), method=method),
    "backslashes": lambda method, path: request(path.replace("/", "\\"), method=method),
    "a letter encoded": lambda method, path: request(path.replace("e", "%65"), method=method),
    "a parameter": lambda method, path: request(f"{path};x=1", method=method),
    "a parameter of an open path": lambda method, path: request(f"{INFER};{path}", method=method),
    "an open path as query": lambda method, path: request(f"{path}?{INFER}", method=method),
    "an open path as fragment": lambda method, path: request(f"{path}#{INFER}", method=method),
    "an open path behind NUL": lambda method, path: request(f"{path}%00{INFER}", method=method),
    "a space in the target": lambda method, path: request(f"{path} {INFER}", method=method),
}


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize(("method", "path"), CONTROL)
async def test_control_is_refused(
    guard: Guard, triton: PlayedTriton, method: str, path: str, trick: str
) -> None:
    for port in (ports.HTTP_PORT, ports.GRPC_PORT, ports.GUARD_PORT):
        answer = await ask(guard.at[port], TRICKS[trick](method, path))
        assert answer.status in {400, 403}
    assert not triton.asked


_HIDDEN = "POST /v2/repository/index HTTP/1.1\r\nHost: model\r\nContent-Length: 0\r\n\r\n"
SMUGGLED = {
    "length and chunks": request(
        INFER, f"Content-Length: {len(_HIDDEN) + 5}", "Transfer-Encoding: chunked", method="POST"
    )
    + f"0\r\n\r\n{_HIDDEN}".encode(),
    "two lengths": request(INFER, "Content-Length: 0", f"Content-Length: {len(_HIDDEN)}", method="POST")
    + _HIDDEN.encode(),
    "a list of lengths": request(INFER, f"Content-Length: 0, {len(_HIDDEN)}", method="POST")
    + _HIDDEN.encode(),
    "a length with a sign": request(INFER, f"Content-Length: +{len(_HIDDEN)}", method="POST")
    + _HIDDEN.encode(),
    "chunks under another name": request(INFER, "Transfer-Encoding: xchunked", method="POST")
    + f"0\r\n\r\n{_HIDDEN}".encode(),
    "a space before the colon": request(INFER, "Transfer-Encoding : chunked", method="POST")
    + f"0\r\n\r\n{_HIDDEN}".encode(),
    "a length that is none": request(INFER, "Content-Length: 0x0", method="POST") + _HIDDEN.encode(),
    "a bad size of a chunk": request(INFER, "Transfer-Encoding: chunked", method="POST")
    + f"0_\r\n\r\n{_HIDDEN}".encode(),
}


@pytest.mark.parametrize("how", SMUGGLED)
async def test_nothing_is_smuggled_behind_an_open_request(
    guard: Guard, triton: PlayedTriton, how: str
) -> None:
    async with line(guard.at[ports.HTTP_PORT]) as connection:
        connection.send(SMUGGLED[how])
        first = await connection.answer()
        assert first.status in {400, 501}
        await connection.rest()
    assert not triton.asked


async def test_a_second_request_on_the_connection_is_matched_as_well(
    guard: Guard, triton: PlayedTriton
) -> None:
    async with line(guard.at[ports.HTTP_PORT]) as connection:
        connection.send(infer() + _HIDDEN.encode())
        assert [(await connection.answer()).status, (await connection.answer()).status] == [200, 403]
    assert triton.paths() == [INFER]


async def test_the_connection_can_not_be_turned_into_one_that_is_not_looked_into(
    guard: Guard, triton: PlayedTriton
) -> None:
    upgraded = infer("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk")
    assert (await ask(guard.at[ports.HTTP_PORT], upgraded)).status == 200
    assert "upgrade" not in {name.lower() for name, _ in triton.asked.pop().headers}
    socket = infer("Connection: Upgrade", "Upgrade: websocket")
    assert (await ask(guard.at[ports.HTTP_PORT], socket)).status == 403
    tunnel = request("127.0.0.1:8002", method="CONNECT")
    assert (await ask(guard.at[ports.HTTP_PORT], tunnel)).status in {403, 404}
    assert not triton.asked


OPEN_METHODS = {
    "ServerLive",
    "ServerReady",
    "ServerMetadata",
    "ModelReady",
    "ModelMetadata",
    "ModelConfig",
    "ModelStatistics",
    "ModelInfer",
    "ModelStreamInfer",
}
METHODS = {method.name for method in service_pb2.DESCRIPTOR.services_by_name["GRPCInferenceService"].methods}
# Triton's are more than the client library knows.
CLOSED_METHODS = sorted(
    {*METHODS - OPEN_METHODS, *(f"XpuSharedMemory{what}" for what in ("Status", "Register", "Unregister"))}
)


@pytest.mark.parametrize(
    "path",
    [
        *(f"/inference.GRPCInferenceService/{name}" for name in CLOSED_METHODS),
        "/inference.GRPCInferenceService/ModelInfer/../RepositoryIndex",
        "/inference.GRPCInferenceService//RepositoryIndex",
        "/inference.GRPCInferenceService/ModelInfer/",
        "/inference.GRPCInferenceService/modelinfer",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/anything.Else/Method",
    ],
)
@pytest.mark.parametrize("port", [ports.GRPC_PORT, ports.HTTP_PORT, ports.GUARD_PORT])
async def test_control_by_grpc_is_refused(guard: Guard, triton: PlayedTriton, path: str, port: int) -> None:
    async with grpc.aio.insecure_channel(f"127.0.0.1:{guard.at[port]}") as channel:
        with pytest.raises(grpc.aio.AioRpcError) as refusal:
            await channel.unary_unary(path)(b"")
    assert refusal.value.code() == grpc.StatusCode.PERMISSION_DENIED
    assert not triton.asked


@pytest.mark.parametrize("name", sorted(OPEN_METHODS & METHODS))
async def test_grpc_is_open_on_its_port_only(guard: Guard, triton: PlayedTriton, name: str) -> None:
    for port in (ports.HTTP_PORT, ports.GUARD_PORT):
        async with grpc.aio.insecure_channel(f"127.0.0.1:{guard.at[port]}") as channel:
            with pytest.raises(grpc.aio.AioRpcError):
                await channel.unary_unary(f"/inference.GRPCInferenceService/{name}")(b"")
    assert not triton.asked
