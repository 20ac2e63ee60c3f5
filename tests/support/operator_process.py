"""The operator as users run it: a process of its own, which a test may kill at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]


class OperatorProcess:
    """`sluiceway run` against one kubeconfig, where models answer as expected.

    Its log is kept for a failing test to show.
    """

    def __init__(
        self,
        kubeconfig: Path,
        log: Path,
        *,
        namespace: str | None = None,
        health_port: int = 0,
        verbose: bool = False,
    ) -> None:
        self._kubeconfig = kubeconfig
        self.log = log
        self._health = f"http://127.0.0.1:{health_port}"
        self._arguments = ["--health-port", str(health_port)]
        self._arguments += ["--namespace", namespace] if namespace else []
        self._arguments += ["--verbose"] if verbose else []
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
                [sys.executable, "-m", "tests.support.operator_main", "run", *self._arguments],
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

    @property
    def pid(self) -> int | None:
        """Of the process that lives, None when none does."""
        return self._process.pid if self._process is not None and self.running else None

    def health(self, path: str) -> tuple[int, str]:
        """Return status and text of /healthz or /readyz; 0 while nobody answers."""
        try:
            with urllib.request.urlopen(f"{self._health}{path}", timeout=10) as answer:  # noqa: S310 - ours
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(timeout=30)
            self._process = None
