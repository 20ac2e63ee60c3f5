"""A provider that can not be reached, or whose certificate nobody trusted has signed."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import NoReturn

import pytest

from e2e.cluster.certificates import Authority
from sluiceway.core.vectors import NoAnswer, Vector
from tests.support.guard import free_ports
from tests.support.provider import accepting, ask, said, says, series, serving

ONE = said([series("3")])


class Handler(BaseHTTPRequestHandler):
    """Answers, and is quiet about it."""

    asked = 0

    def do_GET(self) -> None:
        Handler.asked += 1
        self.send_response(200)
        self.send_header("Content-Length", str(len(ONE)))
        self.end_headers()
        self.wfile.write(ONE.encode())

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """An authority that no system knows."""
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def place(authority: Authority) -> Iterator[str]:
    """Where a provider shows a certificate of that authority.

    A thread of its own serves: a handshake that fails as the loop ends would leave asyncio's socket open.
    """
    Handler.asked = 0
    pair = authority.sign("provider", user="provider", addresses=["IP:127.0.0.1"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=[0.05])
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


async def test_an_authority_that_is_named_is_trusted(authority: Authority, place: str) -> None:
    assert isinstance(await ask(f"https://{place}", caFile=str(authority.pair.certificate)), Vector)


async def test_an_authority_that_nobody_named_is_not(place: str) -> None:
    found = await ask(f"https://{place}")
    assert isinstance(found, NoAnswer)
    assert found.reason.startswith(f"the certificate of {place} is not trusted (")
    assert "caFile" in found.reason
    assert Handler.asked == 0


async def test_plain_http_where_tls_is_expected_is_told() -> None:
    async with serving(says(ONE)) as server:
        found = await ask(server.address.replace("http:", "https:"))
    assert isinstance(found, NoAnswer)
    assert found.reason.startswith("no TLS with 127.0.0.1:")


async def test_a_file_that_is_not_there_is_told(tmp_path: Path, place: str) -> None:
    found = await ask(f"https://{place}", caFile=str(tmp_path / "absent"))
    assert isinstance(found, NoAnswer)
    assert f"invalid path: {tmp_path}/absent" in found.reason
    assert Handler.asked == 0


async def test_a_file_without_authorities_is_told(authority: Authority, place: str) -> None:
    found = await ask(f"https://{place}", caFile=str(authority.pair.key))
    assert isinstance(found, NoAnswer)
    assert "NO_CERTIFICATE" in found.reason
    assert "caFile" in found.reason
    assert Handler.asked == 0


async def test_a_port_that_nobody_listens_on_is_told() -> None:
    place = f"127.0.0.1:{free_ports(1)[0]}"
    refused = NoAnswer(f"nobody listens at {place} (connection refused): is it running?")
    assert await ask(f"http://{place}") == refused


async def test_a_name_that_nobody_has_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr("socket.getaddrinfo", unknown)
    found = await ask("http://prometheus.monitoring:9090")
    assert isinstance(found, NoAnswer)
    assert found.reason.startswith("prometheus.monitoring:9090 is not found (Name or service not known)")


async def test_another_protocol_is_told() -> None:
    async def talk(writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH_9.2\r\n")
        await writer.drain()

    async with accepting(talk) as address:
        found = await ask(address)
    assert found == NoAnswer(f"what listens at {address[7:]} does not speak HTTP (BadStatusLine)")
