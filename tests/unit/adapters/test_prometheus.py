"""What providers find, and how they are asked for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from sluiceway.adapters.prometheus import PrometheusSignals
from sluiceway.adapters.prometheus_answers import MOST_SERIES
from sluiceway.core.meters import Pace
from sluiceway.core.vectors import NoAnswer, Vector
from tests.support.provider import AT, QUERY, ask, provider, said, says, series, serving

ONE = said([series("3")])


async def answer(body: str) -> Vector | NoAnswer:
    async with serving(says(body)) as server:
        return await ask(server.address)


async def test_each_series_has_its_number() -> None:
    found = await answer(said([series("3", code="500", pod="a"), series("4.5e2", pod="b")]))
    assert found == Vector({(("code", "500"), ("pod", "a")): 3.0, (("pod", "b"),): 450.0})


async def test_a_scalar_is_one_series_without_labels() -> None:
    assert await answer(said([1782907200, "7"], "scalar")) == Vector({(): 7.0})


async def test_as_many_series_as_are_taken_are_taken() -> None:
    found = await answer(said([series("1", pod=str(number)) for number in range(MOST_SERIES)]))
    assert isinstance(found, Vector)
    assert found.total == MOST_SERIES


@pytest.mark.parametrize("more", [{"infos": ["x"]}, {"warnings": ["PromQL info: x"]}, {"warnings": []}])
async def test_a_hint_about_the_query_is_no_warning(more: dict[str, Any]) -> None:
    assert isinstance(await answer(said([series("3")], **more)), Vector)


async def test_the_query_is_asked_for_one_moment_below_the_address() -> None:
    async with serving(says(ONE)) as server:
        await ask(f"{server.address}/prefix/")
    (asked,) = server.asked
    assert (asked.method, asked.path) == ("GET", "/prefix/api/v1/query")
    assert dict(asked.query) == {
        "query": QUERY,
        "time": f"{AT.timestamp():.3f}",
        # A result that was cut is told from one that is whole.
        "limit": str(MOST_SERIES + 1),
    }
    assert asked.headers["Accept-Encoding"] == "identity"


async def test_nothing_of_the_environment_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "absent"))
    async with serving(says(ONE)) as server:
        assert isinstance(await ask(server.address), Vector)
    (asked,) = server.asked
    assert "Authorization" not in asked.headers


async def test_one_connection_is_kept() -> None:
    seen = set()

    async def handle(request: web.Request) -> web.StreamResponse:
        seen.add(request.transport)
        return web.Response(text=ONE)

    async with serving(handle) as server, PrometheusSignals([provider(server.address)]) as signals:
        for _ in range(3):
            assert isinstance(await signals.ask("prometheus", QUERY, AT), Vector)
    assert len(seen) == 1


UNKNOWN = {
    (): "it has none: add one to the value `providers` of the chart",
    ("a", "b"): 'it has "a", "b"',
}


@pytest.mark.parametrize("names", UNKNOWN, ids=str)
async def test_a_provider_that_nobody_knows_is_told_with_those_there_are(names: tuple[str, ...]) -> None:
    known = [provider("http://localhost", name=name) for name in names]
    async with PrometheusSignals(known) as signals:
        found = await signals.ask("c", QUERY, AT)
        assert signals.pace("c") == Pace()
    assert found == NoAnswer(f'the operator\'s configuration has no provider "c"; {UNKNOWN[names]}')


async def test_each_provider_has_its_pace() -> None:
    known = [
        provider("http://localhost", name="a", intervalSeconds=5, scrapeSeconds=15),
        provider("http://localhost", name="b"),
    ]
    async with PrometheusSignals(known) as signals:
        assert (signals.pace("a"), signals.pace("b")) == (Pace(5.0, 15.0), Pace(1.0, 30.0))
