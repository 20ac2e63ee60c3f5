"""Tables of routes change under way: no connection is closed, and a broken table changes nothing."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from sluiceway.api import names
from sluiceway.build.guard import ports
from sluiceway.build.guard.files import files
from tests.guard.counting import counters
from tests.guard.triton import PlayedTriton
from tests.guard.wire import INFER, Line, line, request
from tests.support.guard import KEY, MODEL, REVISION, Guard, guarding
from tests.support.poll import becomes

pytestmark = pytest.mark.asyncio(loop_scope="module")

_USUAL = files(MODEL, REVISION, KEY)
# Without a body: who is answered before his body was read loses the connection.
_INFER = request(INFER, "Content-Length: 0", method="POST")


def _closed(name: str) -> dict[str, str]:
    """Return the usual files, with one table that lets nothing through."""
    return _changed(name, lambda routes: routes[-1:])


def _changed(name: str, change: Callable[[list[Any]], list[Any]]) -> dict[str, str]:
    table = json.loads(_USUAL[name])
    (host,) = table["resources"][0]["virtual_hosts"]
    host["routes"] = change(host["routes"])
    return _USUAL | {name: json.dumps(table)}


_BROKEN = {
    "a cluster that is not there": ('"cluster": "http"', '"cluster": "nowhere"'),
    "a regular expression that is none": ("(infer|generate)", "(infer|generate"),
    "a regular expression that is too large": ("(infer|generate)", "((((infer|generate){200}){200}){200})"),
    "another table": ('"name": "http"', '"name": "grpc"'),
}


def _broken(what: str) -> dict[str, str]:
    good, bad = _BROKEN[what]
    # Closed to all, but for the break: had it been taken up, callers would notice.
    routes = _changed("http.json", lambda routes: [*routes[-1:], *routes])["http.json"]
    assert good in routes
    return _USUAL | {"http.json": routes.replace(good, bad)}


@pytest.mark.parametrize(
    ("name", "port", "raw"),
    [
        ("http.json", ports.HTTP_PORT, _INFER),
        ("grpc.json", ports.GRPC_PORT, request("/grpc.health.v1.Health/Check")),
        ("own.json", ports.GUARD_PORT, request(f"/v2/models/{MODEL}/ready")),
    ],
)
async def test_a_new_table_is_taken_up_on_connections_that_stay(
    triton: PlayedTriton, name: str, port: int, raw: bytes
) -> None:
    async with guarding(triton.http, triton.grpc) as guard, line(guard.at[port]) as connection:
        open_to_all = await connection.ask(raw)
        assert open_to_all.status != 403
        guard.write(_closed(name))
        await becomes("the new table", _says(connection, raw, 403))
        guard.write(_USUAL)
        await becomes("the old table again", _says(connection, raw, open_to_all.status))


async def test_the_tables_of_another_revision_and_model_are_taken_up(triton: PlayedTriton) -> None:
    async with guarding(triton.http, triton.grpc) as guard, line(guard.at[ports.GUARD_PORT]) as connection:
        guard.write(files("another", REVISION, "locked"))
        await becomes("the new model", _says(connection, request("/v2/models/another/ready"), 200))
        assert await _says(connection, request(f"/v2/models/{MODEL}/ready"), 403)()
        assert await _says(connection, request("/drain", f"{names.HEADER_GUARD_KEY}: {KEY}"), 403)()


@pytest.mark.parametrize("what", _BROKEN)
async def test_a_broken_table_is_refused_and_the_one_before_serves(triton: PlayedTriton, what: str) -> None:
    async with guarding(triton.http, triton.grpc) as guard, line(guard.at[ports.HTTP_PORT]) as connection:
        assert (await connection.ask(_INFER)).status == 200
        guard.write(_broken(what))
        await becomes("the refusal", lambda: _refused(guard))
        assert (await connection.ask(_INFER)).status == 200
        guard.write(_closed("http.json"))
        await becomes("the next table", _says(connection, _INFER, 403))


async def _refused(guard: Guard) -> bool:
    return (await counters(guard)).get("http.http.rds.http.update_rejected") == 1


def _says(connection: Line, raw: bytes, status: int) -> Callable[[], Awaitable[bool]]:
    async def look() -> bool:
        return (await connection.ask(raw)).status == status

    return look
