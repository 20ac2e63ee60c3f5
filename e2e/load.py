"""Load on a model while a test or the demo does something to it, and who answered each request."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from e2e.callers import CALLERS, LIMIT_SECONDS, RATE
from e2e.client import TIMEOUT_SECONDS, Caller, Example
from e2e.cluster.children import with_parent
from e2e.cluster.progress import say
from tests.support.poll import eventually

_SAID = 20
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Answer:
    """One request and what became of it."""

    sent: float
    """Seconds since the epoch."""
    seconds: float
    """How long it took."""
    protocol: str
    label: str
    """Whose answer it was, told by its value; "" when it failed."""
    failure: str

    @property
    def received(self) -> float:
        """Seconds since the epoch."""
        return self.sent + self.seconds


class Load:
    """`e2e.callers` at work as long as the block lasts. *examples* tells by label who may answer what."""

    def __init__(
        self,
        caller: Caller,
        examples: Mapping[str, Example],
        *,
        rate: float = RATE,
        callers: int = CALLERS,
        seconds: float = LIMIT_SECONDS,
        said: int = _SAID,
    ) -> None:
        """*said* of the failures are printed at the end, whatever ends it; 0 where they are wanted."""
        self._caller, self._said = caller, said
        self._examples = {label: example.written() for label, example in examples.items()}
        self._callers = callers
        self._options = [f"--rate={rate}", f"--callers={callers}", f"--seconds={seconds}"]
        self._exit = ExitStack()
        self.answers: list[Answer] = []
        """In the order in which they came."""

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            file = stack.enter_context(tempfile.NamedTemporaryFile("w", suffix=".json"))
            json.dump(self._examples, file)
            file.flush()
            place = [self._caller.address, self._caller.hostname, self._caller.model, file.name]
            command = [sys.executable, "-m", "e2e.callers", *place, *self._options]
            self._process = subprocess.Popen(
                with_parent(command), cwd=ROOT, stdout=subprocess.PIPE, text=True, bufsize=1
            )
            self._reader = threading.Thread(target=self._read)
            self._reader.start()
            stack.callback(self._end)
            eventually("every caller has an answer", lambda: len(self.answers) >= self._callers)
            self._exit = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        ended = self._process.poll()
        self._exit.close()
        for failure in self.failures[: self._said]:
            say(f"  failed: {failure}")
        assert ended is None, f"the load ended before the test did, with status {ended}"

    @property
    def failures(self) -> list[Answer]:
        """The requests that failed, in the order in which that was known."""
        return [answer for answer in self.answers if answer.failure]

    @property
    def rate(self) -> float:
        """Requests per second, from the first to the last."""
        first, last = self.answers[0], self.answers[-1]
        return len(self.answers) / (last.received - first.sent)

    def between(self, since: float, until: float) -> Iterator[Answer]:
        """Yield what was sent and answered within a time, in seconds since the epoch."""
        return (found for found in self.answers if found.sent >= since and found.received <= until)

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.answers.append(Answer(*json.loads(line)))

    def _end(self) -> None:
        self._process.terminate()
        self._process.wait(timeout=TIMEOUT_SECONDS * 2)
        self._reader.join()
        if self._process.stdout:
            self._process.stdout.close()
