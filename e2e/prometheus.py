"""A real Prometheus beside the one-machine cluster, on the node's own network.

There it reaches every pod, and every pod reaches it at the node's address, as does this machine. It is a
process of this machine: it can be ended, stopped and continued at will, and ends with whoever started it.
"""

from __future__ import annotations

import json
import os
import signal
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from e2e.cluster import extracted
from e2e.cluster.box import Box
from e2e.cluster.children import Child
from e2e.cluster.progress import ClusterError, step, wait_for
from e2e.scraping import Job, configuration

PORT = 9090
_READY_SECONDS = 30.0
_TIMEOUT_SECONDS = 5.0
# The environment's proxy is for the outside world.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Sample:
    """One series of an answer."""

    labels: Mapping[str, str]
    value: float


class Prometheus:
    """Reads the *jobs* every so many *seconds*, as long as the block lasts; its data is gone after it.

    The first time is about five seconds after each start: so often it takes up new targets.
    """

    def __init__(self, box: Box, jobs: Sequence[Job], *, seconds: float = 1, port: int = PORT) -> None:
        self._box, self._configuration = box, configuration(jobs, seconds)
        self._listens = f"{box.node_address}:{port}"
        self._exit = ExitStack()

    def __enter__(self) -> Self:
        program = extracted.ensure("prometheus")
        with ExitStack() as stack:
            # In the box's own folder: it goes with the box even if nobody gets to remove it.
            scratch = tempfile.TemporaryDirectory(dir=self._box.directory, prefix="prometheus-")
            folder = Path(stack.enter_context(scratch))
            file = folder / "prometheus.yml"
            file.write_text(json.dumps(self._configuration))
            options = [
                f"--config.file={file}",
                f"--storage.tsdb.path={folder / 'data'}",
                f"--web.listen-address={self._listens}",
                "--log.level=warn",
            ]
            # The network alone: signals go to a process that is a child of ours.
            network = ["nsenter", f"--target={self._box.must_run()}", "--net", "--"]
            self._child = Child("prometheus", [*network, str(program), *options], folder / "prometheus.log")
            stack.callback(self.stop)
            self.start()
            self._exit = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._exit.close()

    @property
    def address(self) -> str:
        """Its URL, for this machine and for pods."""
        return f"http://{self._listens}"

    def start(self) -> None:
        """Start it with the data that it had, and wait until it answers.

        :raises ClusterError: with the end of its log when it does not.
        """
        with step(f"Prometheus at {self.address}"):
            self._child.start()
            wait_for("Prometheus is ready", self._unready, seconds=_READY_SECONDS, logs=[self._child.log])

    def stop(self) -> None:
        """End it: connections are refused. Does nothing when it does not run."""
        self.go_on()
        self._child.stop()

    def hang(self) -> None:
        """Stop its process: connections are taken up, by the kernel, and nobody answers."""
        pid = self._child.pid
        assert pid, "it does not run"
        os.kill(pid, signal.SIGSTOP)
        # One thread after the other stops: a query that comes at once might still be answered.
        os.waitid(os.P_PID, pid, os.WSTOPPED)

    def go_on(self) -> None:
        """Continue its process, if it hangs."""
        if self._child.running and self._child.pid:
            os.kill(self._child.pid, signal.SIGCONT)

    def query(self, query: str) -> list[Sample]:
        """Return what an instant query finds now: a sample for each series, none when there is no series.

        :raises ClusterError: with Prometheus' words when it refuses the query; when it does not answer.
        """
        answer = json.loads(self._get(f"/api/v1/query?{urllib.parse.urlencode({'query': query})}"))
        return [Sample(series["metric"], float(series["value"][1])) for series in answer["data"]["result"]]

    def _unready(self) -> str:
        if not self._child.running:
            raise ClusterError(f"Prometheus ended:\n{self._child.log.read_text()[-2000:]}")
        try:
            self._get("/-/ready")
        except ClusterError as error:
            return str(error)
        return ""

    def _get(self, path: str) -> str:
        try:
            with _OPENER.open(self.address + path, timeout=_TIMEOUT_SECONDS) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                raise ClusterError(f"Prometheus says {error.code}: {error.read().decode()}") from error
        except OSError as error:
            raise ClusterError(f"Prometheus at {self.address}: {error}") from error
