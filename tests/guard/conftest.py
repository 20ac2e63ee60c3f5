"""A guard in front of a played Triton, one for each module."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.guard.triton import PlayedTriton, playing
from tests.support.guard import Guard, guarding


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def triton() -> AsyncIterator[PlayedTriton]:
    """Return what is guarded."""
    async with playing() as triton:
        yield triton


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def guard(triton: PlayedTriton) -> AsyncIterator[Guard]:
    """Return the guard of *triton*."""
    async with guarding(triton.http, triton.grpc) as guard:
        yield guard


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def nothing_asked_yet(request: object, triton: PlayedTriton) -> None:
    """Forget what the test before asked."""
    triton.asked.clear()
    triton.go_on.clear()
