"""A shell in which the commands of a page are typed one after the other, as its reader does."""

from __future__ import annotations

import os
import queue
import re
import signal
import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Self

from tests.documented.pages import Command
from tests.documented.shown import Names

SECONDS = 180.0
"""A command that takes longer fails its page."""
LOOK_SECONDS = 60.0
"""As long a command that only looks is typed again, as a reader would, until it shows what the page shows."""
_PAUSE_SECONDS = 0.5
_LOOKS = re.compile(
    r"kubectl( -n \S+)? (get|describe|sluiceway (status|history|plan))\b|sluiceway plan\b|curl\b"
)
_MARK = "\x1e"


class Terminal:
    """One bash from the first command to the last, so that variables, folders and jobs stay."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        """Begin in *folder*; *environment* comes on top of this process's own."""
        self.folder = folder
        self._environment = {**os.environ, "LC_ALL": "C.UTF-8", "COLUMNS": "200", **environment}
        self._lines: queue.Queue[str | None] = queue.Queue()
        self.names = Names()

    def __enter__(self) -> Self:
        self._bash = subprocess.Popen(
            ["bash", "--noprofile", "--norc"],
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # Its jobs end with it, whatever the page forgot.
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.killpg(self._bash.pid, signal.SIGKILL)
        self._bash.wait()
        self._reader.join()
        for pipe in (self._bash.stdin, self._bash.stdout):
            if pipe:
                pipe.close()

    def walk(self, commands: list[Command]) -> None:
        """Type the commands from the first to the last.

        :raises AssertionError: with the first one that does not do what its page says.
        """
        for command in commands:
            self.do(command)

    def do(self, command: Command) -> None:
        """Type a command; what it prints has to be what its page shows.

        One of which the page shows nothing has to succeed.

        :raises AssertionError: with both when it is not.
        """
        text = self.names.replaced(command.text)
        deadline = time.monotonic() + LOOK_SECONDS
        while True:
            status, printed = self.type(text)
            fits = self.names.fit(command.shown, printed) if command.shown else status == 0
            if fits:
                return
            if not _LOOKS.match(text) or time.monotonic() > deadline:
                shown = f"\nthe page shows:\n{command.shown}" if command.shown else ""
                raise AssertionError(f"{command}\nended with {status} and printed:\n{printed}{shown}")
            threading.Event().wait(_PAUSE_SECONDS)

    def type(self, text: str) -> tuple[int, str]:
        """Run a command in this shell; return its exit status and all that was printed until its end.

        :raises AssertionError: when it does not end in time, or ends the shell.
        """
        assert self._bash.stdin
        self._bash.stdin.write(f"{text}\nprintf '\\n{_MARK}%d\\n' $?\n")
        self._bash.stdin.flush()
        printed: list[str] = []
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                line = self._lines.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"not within {SECONDS:.0f} s: {text}\n{''.join(printed)}") from None
            assert line is not None, f"the shell ended: {text}\n{''.join(printed)}"
            if line.startswith(_MARK):
                return int(line.removeprefix(_MARK)), "".join(printed)
            printed.append(line)

    def _read(self) -> None:
        assert self._bash.stdout
        for line in self._bash.stdout:
            self._lines.put(line)
        self._lines.put(None)
