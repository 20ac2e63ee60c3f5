"""What the commands print while they work, and waiting with a deadline."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.status import Status

console = Console(stderr=True, highlight=False, soft_wrap=True)

_PLAIN_INTERVAL_SECONDS = 15.0


class ClusterError(Exception):
    """Something that the user can act on; its text says how."""


def say(message: str) -> None:
    """Print one line of progress on standard error."""
    console.print(message, markup=False)


class Step:
    """One piece of work in progress; *detail* is what it is at right now."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.detail = ""
        self.started = time.monotonic()

    def __str__(self) -> str:
        elapsed = time.monotonic() - self.started
        return f"{self.title} … {elapsed:.0f} s" + (f" · {self.detail}" if self.detail else "")


@contextmanager
def step(title: str) -> Iterator[Step]:
    """Show *title* with its running time: a spinner on a terminal, a line now and then elsewhere."""
    current = Step(title)
    finished = threading.Event()
    spinner = Status("", console=console) if console.is_terminal else None

    def show() -> None:
        while not finished.wait(0.2 if spinner else _PLAIN_INTERVAL_SECONDS):
            if spinner:
                spinner.update(str(current))
            else:
                say(f"  {current}")

    if spinner:
        spinner.start()
    else:
        say(f"  {title}")
    shower = threading.Thread(target=show, daemon=True)
    shower.start()
    try:
        yield current
    except BaseException:
        outcome = "failed"
        raise
    else:
        outcome = "done"
    finally:
        finished.set()
        shower.join()
        if spinner:
            spinner.stop()
        say(f"  {title}: {outcome} in {time.monotonic() - current.started:.1f} s")


def tail(path: Path, lines: int = 15) -> str:
    """Return the last *lines* of the file at *path*, after its name."""
    if not path.exists():
        return f"(no log yet at {path})"
    text = path.read_text(errors="replace").splitlines()[-lines:]
    return "\n".join([f"--- last lines of {path}", *text])


def wait_for(
    what: str,
    probe: Callable[[], str],
    *,
    seconds: float,
    every: float = 0.05,
    logs: Iterable[Path] = (),
    current: Step | None = None,
) -> None:
    """Call *probe* until it returns an empty string; what it returns else is what is missing.

    Args:
        what: is waited for, for the error.
        seconds: from now to the deadline.
        every: so many seconds; more for a probe that costs more.
        logs: shown when the deadline is missed; a generator is asked only then.
        current: shows what is missing.

    Raises:
        ClusterError: after *seconds*, with what was missing last and the tail of *logs*.
    """
    deadline = time.monotonic() + seconds
    while missing := probe():
        if current:
            current.detail = missing
        if time.monotonic() > deadline:
            raise ClusterError(
                "\n".join([f"{what}: not within {seconds:.0f} s: {missing}", *map(tail, logs)])
            )
        time.sleep(every)
