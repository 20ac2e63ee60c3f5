"""The bearer token of a provider: as its file holds it now, and never in a reason."""

from __future__ import annotations

from pathlib import Path

import pytest
from aiohttp import web

from sluiceway.adapters.prometheus import PrometheusSignals
from sluiceway.core.vectors import NoAnswer, Vector
from tests.support.provider import AT, QUERY, Server, ask, provider, said, says, series, serving

ONE = said([series("3")])


@pytest.fixture
def token(tmp_path: Path) -> Path:
    """A file with a token."""
    path = tmp_path / "token"
    path.write_text("first\n")
    return path


def hold(path: Path, content: bytes | None) -> None:
    """Let a file hold something else; None removes it."""
    path.unlink()
    if content is not None:
        path.write_bytes(content)


def tokens(server: Server) -> list[str]:
    return [asked.headers["Authorization"] for asked in server.asked]


async def test_the_token_is_the_one_that_the_file_holds_now(token: Path) -> None:
    async with (
        serving(says(ONE)) as server,
        PrometheusSignals([provider(server.address, bearerTokenFile=str(token))]) as signals,
    ):
        for written in ("first", "second"):
            hold(token, f"{written}\n".encode())
            assert isinstance(await signals.ask("prometheus", QUERY, AT), Vector)
    assert tokens(server) == ["Bearer first", "Bearer second"]


@pytest.mark.parametrize("content", [b"", b"\n", b"two words", b"two\nlines", b"s\xffcret", b"s\0cret"])
async def test_a_file_without_a_token_is_told_and_nothing_is_sent(content: bytes, token: Path) -> None:
    hold(token, content)
    async with serving(says(ONE)) as server:
        found = await ask(server.address, bearerTokenFile=str(token))
    assert found == NoAnswer(f"bearerTokenFile {token} holds no token: one word is expected")
    assert server.asked == []


async def test_a_token_that_can_not_be_read_is_told_and_nothing_is_sent(token: Path) -> None:
    hold(token, None)
    async with serving(says(ONE)) as server:
        found = await ask(server.address, bearerTokenFile=str(token))
    assert found == NoAnswer(f"bearerTokenFile {token} can not be read: No such file or directory")
    assert server.asked == []


async def test_a_provider_that_repeats_the_token_does_not_get_it_into_the_reason(token: Path) -> None:
    hold(token, b"x" * 300)

    async def echo(request: web.Request) -> web.StreamResponse:
        error = {"status": "error", "error": f"who is {request.headers['Authorization']}?"}
        return web.json_response(error, status=400)

    async with serving(echo) as server:
        found = await ask(server.address, bearerTokenFile=str(token))
    assert found == NoAnswer("it refuses the query: who is Bearer (token)?")
