"""What kubelet says to a guard when its pod is deleted."""

from __future__ import annotations

from sluiceway.api import names
from sluiceway.build.guard import ports
from sluiceway.build.guard.routes import END_AFTER
from tests.guard.wire import ask, request
from tests.support.guard import KEY, Guard


async def drained(guard: Guard, lasting_milliseconds: int = 600_000) -> int:
    """Begin the drain, after so long the guard's end; return the status of the answer."""
    headers = (f"{names.HEADER_GUARD_KEY}: {KEY}", f"{END_AFTER}: {lasting_milliseconds}")
    return (await ask(guard.at[ports.GUARD_PORT], request("/drain", *headers))).status
