"""Envoy's own interface stays in the pod: of it, the guard's port shows chosen counters and the drain."""

from __future__ import annotations

import pytest

from sluiceway.api import names
from sluiceway.build.guard import ports
from sluiceway.build.guard.bootstrap import bootstrap
from tests.guard.counting import read
from tests.guard.triton import PlayedTriton
from tests.guard.wire import ask, infer, request
from tests.support.guard import KEY, Guard

pytestmark = pytest.mark.asyncio(loop_scope="module")

_ADMIN = (
    *(
        "/",
        "/config_dump",
        "/clusters",
        "/server_info",
        "/stats/prometheus",
        "/stats/recentlookups",
        "/memory",
    ),
    *("/quitquitquit", "/healthcheck/fail", "/drain_listeners", "/drain_listeners?graceful&skip_exit"),
    *("/logging?level=trace", "/runtime_modify?a=b", "/reset_counters", "/reopen_logs", "/help"),
)
_TRICKS = (
    *("/stats?x", "/stats?", "/stats?|.*", "/stats?filter=.*", "/stats?format=text", "/stats/", "/stats;x"),
    *("/stats/../quitquitquit", "/stats/%2e%2e/quitquitquit", "/stats%2f..%2fquitquitquit", "//quitquitquit"),
    *("/ready/../quitquitquit", "/drain/../quitquitquit", "/drain?x", "/stats#/../quitquitquit", "/STATS"),
)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("target", _ADMIN + _TRICKS)
async def test_the_admin_interface_is_out_of_reach(
    guard: Guard, triton: PlayedTriton, target: str, method: str
) -> None:
    raw = request(target, f"{names.HEADER_GUARD_KEY}: {KEY}", "Connection: close", method=method)
    for port in (ports.HTTP_PORT, ports.GRPC_PORT, ports.GUARD_PORT):
        assert (await ask(guard.at[port], raw)).status in {400, 403}
    assert guard.process.returncode is None
    assert not triton.asked


async def test_the_admin_interface_is_bound_to_loopback() -> None:
    # That keeps other pods away from it; this test would reach it, as Triton's container does.
    assert bootstrap()["admin"]["address"]["socket_address"]["address"] == "127.0.0.1"


async def test_the_counters_are_only_read(guard: Guard) -> None:
    for method in ("POST", "PUT", "DELETE"):
        answer = await ask(guard.at[ports.GUARD_PORT], request("/stats", method=method))
        assert answer.status == 403


async def test_the_counters_are_the_chosen_ones(guard: Guard) -> None:
    await ask(guard.at[ports.HTTP_PORT], infer())
    await ask(guard.at[ports.HTTP_PORT], request("/v2/health/ready"))
    shown = {each["name"] for each in (await read(guard))["stats"] if "name" in each}
    assert shown == {
        *(f"cluster.http.upstream_rq_{what}" for what in ("2xx", "active", "total")),
        *(f"http.{table}.rds.{table}.update_success" for table in ("http", "grpc", "own")),
        "server.uptime",
    }
