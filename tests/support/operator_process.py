"""The operator as users run it: a process of its own, which a test may kill at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]


class OperatorProcess:
    """`sluiceway run` against one kubeconfig, where models answer as expected.

    Its log is kept for a failing test to show.
    """

    def __init__(self, kubeconfig: Path, log: Path, *, namespace: str | None = None) -> None:
        self._kubeconfig = kubeconfig
        self.log = log
        self._scope = ["--namespace", namespace] if namespace else []
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start it; its log goes on where an earlier one ended."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "tests.support.operator_main",
                    "run",
                    "--health-port",
                    "0",
                    *self._scope,
                ],
                cwd=ROOT,
                env={**os.environ, "KUBECONFIG": str(self._kubeconfig)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def kill(self) -> None:
        """End it as a crash does: no time to say or write anything."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it as Kubernetes does."""
        self._end(signal.SIGTERM)

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(timeout=30)
            self._process = None
