"""A real API server on a free port of this machine, without a node: for integration tests.

Needs no root and no container runtime. Pods stay Pending, since nothing runs them.
"""

from __future__ import annotations

import contextlib
import signal
import socket
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from e2e.cluster import arguments, binaries
from e2e.cluster.arguments import Layout
from e2e.cluster.children import Child, sigterm_unwinds
from e2e.cluster.identities import write_identities
from e2e.cluster.kubectl import kubectl, unready
from e2e.cluster.progress import ClusterError, wait_for

_LOOPBACK = "127.0.0.1"
_SERVICE_CIDR = "10.96.0.0/16"
_READY_SECONDS = 60.0


class ControlPlane:
    """etcd and kube-apiserver as child processes, in a folder that goes when they go.

    ```
    with ControlPlane() as cluster:
        cluster.kubectl("create", "namespace", "models")
    ```
    Enter it in the main thread: the children end with the thread that started them.

    Args:
        controllers: also run kube-controller-manager: garbage collection, Deployments'
            ReplicaSets, ServiceAccounts.
        directory: where its folder is made; the system's temporary folder by default.
    """

    def __init__(self, *, controllers: bool = False, directory: Path | None = None) -> None:
        self._controllers = controllers
        self._parent = directory
        self._exit = contextlib.ExitStack()

    def __enter__(self) -> Self:
        programs = binaries.ensure("kubernetes").parent
        with contextlib.ExitStack() as stack:
            stack.enter_context(sigterm_unwinds())
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="sluiceway-", dir=self._parent))
            self._layout = Layout(Path(folder), _LOOPBACK, _free_port(), _SERVICE_CIDR)
            write_identities(self._layout)

            def child(name: str, flags: list[str]) -> Child:
                made = Child(name, [str(programs / name), *flags], self._layout.logs / f"{name}.log")
                stack.callback(made.stop)
                made.start()
                return made

            self._etcd = child("etcd", arguments.etcd(self._layout))
            flags = arguments.apiserver(self._layout, service_accounts=self._controllers)
            self._apiserver = child("kube-apiserver", flags)
            self.wait_ready()
            if self._controllers:
                child("kube-controller-manager", arguments.controller_manager(self._layout))
            self._exit = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._exit.close()

    @property
    def kubeconfig(self) -> Path:
        """Of a cluster administrator; holds its certificates itself."""
        return self._layout.kubeconfig("admin")

    @property
    def server(self) -> str:
        """URL of the API server."""
        return self._layout.server

    @property
    def audit_log(self) -> Path:
        """Every request to the API server, one JSON object a line (`audit.k8s.io/v1 Event`)."""
        return self._layout.audit_log

    @property
    def logs(self) -> Path:
        """Folder with one log for each daemon."""
        return self._layout.logs

    def kubectl(self, *args: str, stdin: str | None = None) -> str:
        """Run kubectl as an administrator and return what it prints; raises ClusterError."""
        return kubectl(self.kubeconfig, *args, stdin=stdin)

    def stop_apiserver(self, *, kill: bool = False) -> None:
        """Take the API server away, by force with *kill*; the data stays in etcd."""
        self._apiserver.stop(signal.SIGKILL if kill else signal.SIGTERM)

    def start_apiserver(self) -> None:
        """Bring it back on the same address, and wait until it is ready."""
        self._apiserver.start()
        self.wait_ready()

    def restart_apiserver(self, *, kill: bool = False) -> None:
        """Cut all watches, as an upgrade of the control plane does."""
        self.stop_apiserver(kill=kill)
        self.start_apiserver()

    def wait_ready(self) -> None:
        """Wait for /readyz; raises ClusterError with the logs' last lines."""

        def probe() -> str:
            for child in (self._etcd, self._apiserver):
                if not child.running:
                    raise ClusterError(f"{child.name} ended:\n{child.log.read_text()[-3000:]}")
            return unready(self.server, self._layout.pki / "ca.crt")

        logs = (self._etcd.log, self._apiserver.log)
        wait_for("the API server is ready", probe, seconds=_READY_SECONDS, logs=logs)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((_LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
