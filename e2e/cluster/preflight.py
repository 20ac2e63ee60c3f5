"""Says what a machine lacks to host a box, before anything is changed on it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from e2e.cluster.host import cgroup_hierarchies
from e2e.cluster.progress import ClusterError

NAMESPACES = ("--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "--mount-proc")
_ELSEWHERE = "or use a cluster that you have: set KUBECONFIG"


def check_machine() -> None:
    """Check what no package can add.

    Raises:
        ClusterError: with all that is missing, and what to do instead.
    """
    checks: tuple[Callable[[], str], ...] = (_linux, _root, _namespaces, _cgroups)
    for check in checks:
        if problem := check():
            raise ClusterError(f"this machine can not host a cluster: {problem}; {_ELSEWHERE}")


def check_kernel(directory: Path) -> None:
    """Check, with the packages there, what the kernel must do; in namespaces that end at once.

    Args:
        directory: where containers will have their file systems.

    Raises:
        ClusterError: with what the kernel refused and its own words.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory, prefix=".overlay-") as scratch:
        for folder in ("lower", "upper", "work", "merged"):
            Path(scratch, folder).mkdir()
        options = ",".join(
            f"{option}={scratch}/{folder}"
            for option, folder in (("lowerdir", "lower"), ("upperdir", "upper"), ("workdir", "work"))
        )
        _try("overlayfs", "mount", "-t", "overlay", "-o", options, "overlay", f"{scratch}/merged")
    _try("virtual links (veth)", "ip", "link", "add", "type", "veth")
    _try("iptables with NAT", "iptables", "-t", "nat", "-A", "OUTPUT", "-j", "ACCEPT")


def _linux() -> str:
    return "" if sys.platform == "linux" else f"it runs {sys.platform}, not Linux"


def _root() -> str:
    return "" if os.geteuid() == 0 else "only root may make namespaces and mounts (try sudo)"


def _namespaces() -> str:
    try:
        words = _in_namespaces("true")
    except FileNotFoundError:
        return "the command `unshare` is missing (package util-linux)"
    return f"the kernel allows no new namespaces ({words})" if words else ""


def _cgroups() -> str:
    controllers = {line.split()[0] for line in Path("/proc/cgroups").read_text().splitlines()[1:]}
    if lacking := {"cpu", "memory", "pids"} - controllers:
        return f"its kernel has no cgroup controller {', '.join(sorted(lacking))}"
    if not cgroup_hierarchies():
        return "no cgroup file system is mounted under /sys/fs/cgroup"
    if not all(os.access(hierarchy, os.W_OK) for hierarchy in cgroup_hierarchies()):
        return "/sys/fs/cgroup is read-only (a container needs --privileged for it)"
    return ""


def _try(what: str, *command: str) -> None:
    if words := _in_namespaces(*command):
        raise ClusterError(f"this machine's kernel can not do {what}: {words}; {_ELSEWHERE}")


def _in_namespaces(*command: str) -> str:
    done = subprocess.run(
        ["unshare", *NAMESPACES, "--", *command], capture_output=True, text=True, check=False
    )
    return (done.stderr.strip() or f"exit status {done.returncode}") if done.returncode else ""
