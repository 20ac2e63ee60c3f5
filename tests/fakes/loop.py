"""An event loop whose clock jumps to the next timer when nothing else is left to do: no test waits."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


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
