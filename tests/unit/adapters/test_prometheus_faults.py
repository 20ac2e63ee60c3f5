"""Everything but numbers in time is no answer, with the reason in words that stay the same."""

from __future__ import annotations

import asyncio
import gzip
import json

import pytest
from aiohttp import web

from sluiceway.adapters.prometheus_answers import MOST_SERIES
from sluiceway.core.vectors import NoAnswer
from tests.support.gate import drips
from tests.support.provider import TIMEOUT_SECONDS, Handler, ask, said, says, series, serving

WHOLE = said([series("3")])
PARSE_ERROR = json.dumps(
    {
        "status": "error",
        "errorType": "bad_data",
        "error": 'invalid parameter "query": 1:9: parse error:\nunclosed left parenthesis',
    }
)
SLOW = json.dumps({"status": "error", "errorType": "timeout", "error": "query timed out"})


def found(*samples: object) -> Handler:
    return says(said(list(samples)))


async def _hangs(_: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    raise AssertionError


async def _never_ends(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    while True:
        await response.write(b" " * 65_536)


async def _stops_in_the_middle(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": str(len(WHOLE))})
    await response.prepare(request)
    await response.write(WHOLE[:20].encode())
    assert request.transport
    request.transport.close()
    return response


LATE = f"no answer within {TIMEOUT_SECONDS:g} s"
FOREIGN = "JSON, but not Prometheus'"
FAULTS: dict[str, tuple[Handler, str]] = {
    "silence": (_hangs, LATE),
    "an answer byte by byte": (drips, LATE),
    "an answer without end": (_never_ends, "longer than 1024 KiB"),
    "a connection that is cut": (_stops_in_the_middle, "ended the connection before its answer was whole"),
    "a server that fails": (says("oops", 500), "it answers with status 500"),
    "a server that is busy": (says("", 503, {"Retry-After": "0"}), "it answers with status 503"),
    "a status that nobody knows": (says("", 599), "it answers with status 599"),
    "no right to ask": (says("", 401), "bearerTokenFile"),
    "another path": (says("404 page not found", 404), "status 404: is the provider's address right"),
    "a wrong query": (says(PARSE_ERROR, 400), 'refuses the query: invalid parameter "query": 1:9: parse err'),
    "a query that fails": (says(PARSE_ERROR, 422), "parse error: unclosed left parenthesis"),
    "a query that takes long": (says(SLOW, 503), "it fails with status 503: query timed out"),
    "an error that says 200": (says(PARSE_ERROR), "it fails with status 200: invalid parameter"),
    "an error of any length": (says(json.dumps({"status": "error", "error": "x" * 999})), "xxx…"),
    "colours": (says(json.dumps({"status": "error", "error": "\x1b[31mred"})), "?[31mred"),
    "a part of the answer": (says(said([series("3")], warnings=["store-1 is away"])), "lack a part: store-1"),
    "a page": (says("<html>hello</html>"), "not JSON"),
    "nothing": (says(""), "not JSON"),
    "half of it": (says(WHOLE[:-5]), "not JSON"),
    "bytes that are no text": (says(b"\xff"), "not JSON"),
    "depth without end": (says("[" * 60_000), "not JSON"),
    "what is packed": (says(gzip.compress(WHOLE.encode()), headers={"Content-Encoding": "gzip"}), "not JSON"),
    "JSON of another kind": (says("[]"), FOREIGN),
    "no data": (says('{"status": "success"}'), FOREIGN),
    "no list": (says(said({})), FOREIGN),
    "a redirect": (says("", 302, {"Location": "/elsewhere"}), "it redirects elsewhere (status 302)"),
    "no series": (found(), "it found no series"),
    "NaN": (found(series("3"), series("NaN", a="b")), "it found nan"),
    "infinity": (found(series("+Inf")), "it found inf"),
    "a number below zero": (found(series("-1")), "it found -1.0"),
    "no number": (found(series("much")), "it found 'much', which is no number"),
    "a number that is no text": (found(series(3)), "has no value"),
    "labels that are no text": (found({"metric": {"a": 1}, "value": [1, "3"]}), "has no value"),
    "a histogram": (found({"metric": {}, "histogram": [1, {}]}), "histogram_count()"),
    "a matrix": (says(said([{"metric": {}, "values": [[1, "3"]]}], "matrix")), "the query gives a matrix"),
    "a string": (says(said([1, "3"], "string")), "the query gives a string"),
    "a scalar that is no number": (says(said([1, "NaN"], "scalar")), "it found nan"),
    "more series than anybody meant": (
        found(*(series("1", pod=str(number)) for number in range(MOST_SERIES + 1))),
        "more than 1000 series",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_no_answer_is(fault: str) -> None:
    handler, words = FAULTS[fault]
    seconds = TIMEOUT_SECONDS if words is LATE else 10.0
    async with serving(handler) as server:
        first = await ask(server.address, timeout_seconds=seconds)
        # One query is one request: nothing is tried again, and nobody leads the operator elsewhere.
        assert len(server.asked) == 1
        second = await ask(server.address, timeout_seconds=seconds)
    assert isinstance(first, NoAnswer)
    assert words in first.reason
    assert len(first.reason) <= 200
    assert first.reason.isprintable()
    assert second == first


async def test_no_answer_is_a_redirect_to_another_host() -> None:
    async with serving(says(WHOLE)) as other, serving(says("", 307, {"Location": other.address})) as server:
        assert isinstance(await ask(server.address), NoAnswer)
    assert other.asked == []
