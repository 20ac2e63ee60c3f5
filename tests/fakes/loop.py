"""An event loop whose clock jumps to the next timer when nothing else is left to do: no test waits."""

from __future__ import annotations

import asyncio
import atexit
import selectors
from collections.abc import Callable, Coroutine
from functools import cache
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Stopped(Protocol):
    """What a story is told of, and what has to be stopped after it."""

    async def stop(self) -> None:
        """Leave nothing behind."""
        ...


Bench = TypeVar("Bench", bound=Stopped)
Story = Callable[[Bench], Coroutine[Any, Any, None]]


class _Selector(selectors.DefaultSelector):
    """Does not wait for a timer, but tells how long it would have waited."""

    def __init__(self) -> None:
        super().__init__()
        self.waited = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise AssertionError("everybody waits for something that nobody will do")
        if not ready:
            self.waited += timeout or 0.0
        return ready


class JumpingLoop(asyncio.SelectorEventLoop):
    """A loop on which an hour passes at once. Nothing on it may wait for a thread or a socket."""

    def __init__(self) -> None:
        self._jumps = _Selector()
        super().__init__(self._jumps)

    def time(self) -> float:
        """Return the seconds that were waited for since the start."""
        return self._jumps.waited


def run(story: Coroutine[Any, Any, T]) -> T:
    """Run *story* on a loop of its own whose clock jumps."""
    with asyncio.Runner(loop_factory=JumpingLoop) as runner:
        return runner.run(story)


@cache
def _kept() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    atexit.register(loop.close)
    return loop


def run_briefly(work: Coroutine[Any, Any, T]) -> T:
    """Run *work* as `asyncio.run` does, with what it leaves behind cancelled, yet on a loop that is kept.

    To make a loop and to close it takes as long as what a test does on it, many thousand times.
    """
    loop = _kept()
    try:
        return loop.run_until_complete(work)
    finally:
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        if left:
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))


def stories(begin: Callable[[], Bench]) -> Callable[[Story[Bench]], Callable[[], None]]:
    """Make a test of a story: run it on a clock that jumps, and demand that nothing is left behind."""

    def story(told: Story[Bench]) -> Callable[[], None]:
        async def whole() -> None:
            bench = begin()
            await told(bench)
            await bench.stop()
            assert asyncio.all_tasks() == {asyncio.current_task()}

        def test() -> None:
            run(whole())

        test.__name__ = told.__name__
        return test

    return story
