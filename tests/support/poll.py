"""Waiting in tests: for a fact, with a deadline, never for a time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

_POLL_SECONDS = 0.05
"""From one look to the next; as long as the look took where that is more: it takes from what is awaited."""


def eventually(what: str, look: Callable[[], T | None], *, seconds: float = 30) -> T:
    """Return the first truthy result of *look*; fail with what was seen last when none comes in time."""
    deadline = time.monotonic() + seconds
    while True:
        began = time.monotonic()
        seen: T | None = None
        problem: AssertionError | None = None
        try:
            seen = look()
        except AssertionError as error:
            problem = error
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}; last seen: {problem or seen!r}")
        threading.Event().wait(max(_POLL_SECONDS, time.monotonic() - began))


async def becomes(what: str, look: Callable[[], Awaitable[T | None]], *, seconds: float = 30) -> T:
    """Return the first truthy result of the coroutine function *look*, as `eventually` does."""
    deadline = time.monotonic() + seconds
    while True:
        seen: T | None = None
        problem: AssertionError | None = None
        try:
            seen = await look()
        except AssertionError as error:
            problem = error
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}; last seen: {problem or seen!r}")
        await asyncio.sleep(_POLL_SECONDS)
