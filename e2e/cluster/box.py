"""A one-node cluster in namespaces of its own: the machine sees one link and a few cgroups of it.

Started anew each time: nothing of the last run survives. Several boxes live side by side, each with
its name, its addresses and its folder.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from e2e.cluster import binaries, containerd, host, images, lifecycle, paths
from e2e.cluster.archives import reference
from e2e.cluster.children import sigterm_unwinds
from e2e.cluster.helm import helm
from e2e.cluster.kubectl import command, kubectl, unready
from e2e.cluster.locking import exclusive
from e2e.cluster.preflight import ready_machine
from e2e.cluster.progress import ClusterError, Step, step, tail, wait_for

GATEWAY_NODE_PORT = 30080
_READY_SECONDS = 120.0
_NAME = re.compile(r"[a-z]([a-z0-9-]{0,30}[a-z0-9])?")


class Box:
    """A cluster called *name*. Lives on after this process; as a context manager, ends with it.

    ```
    with Box("e2e") as box:
        box.kubectl("get", "nodes")
    ```
    """

    def __init__(self, name: str = "demo") -> None:
        if not _NAME.fullmatch(name):
            raise ClusterError(f"{name!r} can not name a cluster: lower-case letters, digits and '-' only")
        self.name = name
        self.directory = paths.state() / "boxes" / name
        self._exit = ExitStack()
        self._starter: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.enter_context(sigterm_unwinds())
            stack.callback(self.down)
            self.up(ephemeral=True)
            self._exit = stack.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._exit.close()

    def up(self, *, ephemeral: bool = False) -> None:
        """Start it afresh and wait until its node is Ready; what ran under this name before is ended.

        Args:
            ephemeral: the kernel ends the box when the calling thread ends, however that happens.

        Raises:
            ClusterError: when the machine can not host it, or with the logs of what did not start.
        """
        ready_machine()
        programs = binaries.ensure("kubernetes").parent
        pause = images.ensure_image("pause")
        with self._locked():
            self._remove()
            with step(f"cluster {self.name}: starting") as current:
                node = lifecycle.prepare(self.name, self.directory, sandbox_image=reference(pause))
                self._starter = lifecycle.start(node, programs, ephemeral=ephemeral)
                self._wait(current, "containerd", lambda: containerd.unready(self.inside))
                containerd.load(self.inside, pause)
                authority = node.layout.pki / "ca.crt"
                self._wait(current, "kube-apiserver", lambda: unready(node.layout.server, authority))
                self._wait(current, "kubelet", self._node_unready)

    def down(self) -> None:
        """End it and remove all that is left of it; does nothing when nothing is."""
        with self._locked():
            self._remove()

    @property
    def running(self) -> bool:
        return host.init_pid(self.directory) is not None

    def must_run(self) -> int:
        """Return the process id of its init; raises ClusterError, with how to start it, without one."""
        pid = host.init_pid(self.directory)
        if pid is None:
            raise ClusterError(
                f"no cluster {self.name!r} is running: start it with python -m e2e.cluster up "
                f"--name {self.name}; logs of the last one, if any: {self.logs}"
            )
        return pid

    @property
    def kubeconfig(self) -> Path:
        """Of a cluster administrator; leads to the node's address, from this machine and in the box."""
        return self.directory / "kubeconfig" / "admin.kubeconfig"

    @property
    def logs(self) -> Path:
        """Folder with one log for each daemon, and `pods/` with those of the containers."""
        return self.directory / "logs"

    @property
    def audit_log(self) -> Path:
        """Every request to the API server, one JSON object a line (`audit.k8s.io/v1 Event`)."""
        return self.logs / "audit.log"

    @property
    def node_address(self) -> str:
        """Address of the node: every NodePort listens there."""
        return lifecycle.addresses_of(self.directory).node

    @property
    def dns_address(self) -> str:
        """ClusterIP that pods ask for names."""
        return lifecycle.addresses_of(self.directory).dns

    def gateway_address(self) -> str:
        """Return host and port of the Gateway that `addons.install` makes."""
        return f"{self.node_address}:{GATEWAY_NODE_PORT}"

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        """Run kubectl as an administrator and return what it prints; raises ClusterError."""
        return kubectl(self.kubeconfig, *arguments, stdin=stdin)

    def kubectl_command(self) -> list[str]:
        """Return what starts kubectl as an administrator, to read what it prints while it runs."""
        return command(self.kubeconfig)

    def helm(self, *arguments: str) -> str:
        """Run helm as an administrator and return what it prints; raises ClusterError."""
        return helm(self.kubeconfig, *arguments)

    def inside(self, command: Sequence[str]) -> list[str]:
        """Return *command* such that it runs inside the box.

        Raises:
            ClusterError: when the box does not run.
        """
        pid = self.must_run()
        namespaces = ("--mount", "--net", "--pid", "--uts", "--ipc")
        return ["nsenter", f"--target={pid}", *namespaces, "--wd=/", "--", *command]

    def load_images(self, archives: Iterable[Path]) -> None:
        """Import the images that the node does not have yet; raises ClusterError."""
        for name, archive in containerd.absent(self.inside, archives).items():
            with step(f"image {name}"):
                containerd.load(self.inside, archive)

    def kill_container(self, identifier: str, signal: str = "SIGKILL") -> None:
        """Send a container's process a signal; *identifier* is its `containerID`. Raises ClusterError."""
        containerd.kill(self.inside, identifier.removeprefix("containerd://"), signal)

    def _locked(self) -> AbstractContextManager[None]:
        return exclusive(paths.state() / f"{self.name}.lock", f"cluster {self.name}")

    def _remove(self) -> None:
        lifecycle.remove(self.name, self.directory)
        if self._starter:
            self._starter.wait()
            self._starter = None

    def _wait(self, current: Step, daemon: str, probe: Callable[[], str]) -> None:
        current.detail = daemon

        def checked() -> str:
            if not self.running:
                raise ClusterError("\n".join(["the box ended", tail(self.logs / "init.log")]))
            return probe()

        logs = [self.logs / f"{daemon}.log", self.logs / "init.log"]
        wait_for(f"{daemon} is ready", checked, seconds=_READY_SECONDS, logs=logs)

    def _node_unready(self) -> str:
        condition = "{.status.conditions[?(@.type=='Ready')]['status','message']}"
        try:
            said = self.kubectl("get", "node", self.name, "--output", f"jsonpath={condition}")
        except ClusterError as error:
            return str(error)
        return "" if said.startswith("True") else said or "the node has no condition yet"
