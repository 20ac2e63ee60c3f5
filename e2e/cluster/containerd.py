"""Images in a box's containerd."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from e2e.cluster.archives import reference
from e2e.cluster.node import CONTAINERD_SOCKET
from e2e.cluster.progress import ClusterError

Enter = Callable[[Sequence[str]], list[str]]
"""Turns a command into one that runs inside the box."""

_NAMESPACE = "k8s.io"  # the one that kubelet looks at


def unready(enter: Enter) -> str:
    """Return why containerd does not answer; an empty string when it does."""
    done = _run(enter, "version")
    return (done.stderr.strip() or "no answer") if done.returncode else ""


def absent(enter: Enter, archives: Iterable[Path]) -> dict[str, Path]:
    """Return the archives whose images are not there, by the image's name."""
    present = set(_ctr(enter, "images", "list", "--quiet").split())
    return {name: path for path in archives if (name := reference(path)) not in present}


def load(enter: Enter, archive: Path) -> None:
    """Import one archive.

    Raises:
        ClusterError: with containerd's words.
    """
    _ctr(enter, "images", "import", str(archive))


def kill(enter: Enter, container: str, signal: str) -> None:
    """Send a container's process *signal*, such as SIGKILL; *container* is its ID without `containerd://`.

    Raises:
        ClusterError: with containerd's words.
    """
    _ctr(enter, "tasks", "kill", "--signal", signal, container)


def _ctr(enter: Enter, *arguments: str) -> str:
    done = _run(enter, *arguments)
    if done.returncode:
        raise ClusterError(f"ctr {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def _run(enter: Enter, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["ctr", f"--address={CONTAINERD_SOCKET}", f"--namespace={_NAMESPACE}", *arguments]
    return subprocess.run(enter(command), capture_output=True, text=True, check=False)
