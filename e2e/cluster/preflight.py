"""Says what a machine lacks to host a box, before anything slow is done or anything is changed on it."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

from e2e.cluster import binaries, packages, paths, toolchain
from e2e.cluster.host import cgroup_hierarchies
from e2e.cluster.progress import ClusterError

NAMESPACES = ("--net", "--mount", "--pid", "--uts", "--ipc", "--fork", "--mount-proc")
_CONTROLLERS = {"cpu", "memory", "pids"}
_PRIVILEGED = "a container must be started with --privileged"
_ELSEWHERE = "Or use a cluster that you have, by KUBECONFIG: docs/how-to/existing-cluster.md"


def ready_machine() -> None:
    """Install the packages that are missing; make sure that the machine can host a box.

    Raises:
        ClusterError: with all that stands in the way, and what to do about it.
    """
    check_machine()
    packages.ensure_packages(packages.BOX_PACKAGES)
    check_kernel(paths.state(), paths.cache())


def check_machine() -> None:
    """Check what no package adds.

    Raises:
        ClusterError: with all that is missing, and what to do about it.
    """
    checks: tuple[Callable[[], str], ...] = (_linux,)
    if sys.platform == "linux":
        checks = (_processor, _root, _debian, _go, _namespaces, _cgroups)
    _refuse(filter(None, (check() for check in checks)))


def check_kernel(*directories: Path) -> None:
    """Check, with the packages there, what the kernel must do; in namespaces that end at once.

    Args:
        directories: where layers of images will be mounted.

    Raises:
        ClusterError: with all that the kernel refused, in its own words.
    """
    _refuse(filter(None, (*map(_overlay, directories), _veth(), _nat())))


def _refuse(problems: Iterable[str]) -> None:
    if lines := [f"- {problem}" for problem in problems]:
        raise ClusterError("\n".join(["this machine can not host a cluster:", *lines, _ELSEWHERE]))


def _linux() -> str:
    return "" if sys.platform == "linux" else f"it runs {sys.platform}: a node needs Linux"


def _processor() -> str:
    found = platform.machine()
    return "" if found == "x86_64" else f"its processor is {found}: Triton and Envoy are locked for x86_64"


def _root() -> str:
    if os.geteuid() == 0:
        return ""
    return "you are not root, who alone may make namespaces and mounts: put sudo before the command"


def _debian() -> str:
    absent = packages.missing(packages.BOX_PACKAGES)
    if not absent or packages.installable():
        return ""
    return f"it has no apt-get, so it is not Debian or a relative of it; missing packages: {' '.join(absent)}"


def _go() -> str:
    problem = "" if binaries.built() else toolchain.problem()
    if problem and "SUDO_USER" in os.environ:
        problem += " (sudo has a PATH of its own: sudo env PATH=$PATH make demo)"
    return problem


def _namespaces() -> str:
    # Without root the answer would be no; without its package, which others speak of, there is none.
    if os.geteuid() != 0 or not shutil.which("unshare"):
        return ""
    words = _in_namespaces("true")
    return f"the kernel allows no new namespaces ({words}): {_PRIVILEGED}" if words else ""


def _cgroups() -> str:
    hierarchies = cgroup_hierarchies()
    if not hierarchies:
        return "no cgroup file system is mounted below /sys/fs/cgroup"
    if lacking := _CONTROLLERS - _controllers(hierarchies):
        return f"the kernel has no cgroup controller {', '.join(sorted(lacking))}"
    if os.geteuid() == 0 and not all(os.access(hierarchy, os.W_OK) for hierarchy in hierarchies):
        return f"/sys/fs/cgroup is read-only: {_PRIVILEGED}"
    return ""


def _controllers(hierarchies: Iterable[Path]) -> set[str]:
    found: set[str] = set()
    for hierarchy in hierarchies:
        listed = hierarchy / "cgroup.controllers"  # version 2 only
        found.update(listed.read_text().split() if listed.exists() else ())
    # Newer kernels list here only what version 1 has, others everything.
    everything = Path("/proc/cgroups")
    lines = everything.read_text().splitlines()[1:] if everything.exists() else []
    return found | {line.split()[0] for line in lines}


def _overlay(directory: Path) -> str:
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=directory, prefix=".overlay-") as scratch:
        folders = ("lower", "upper", "work", "merged")
        for folder in folders:
            Path(scratch, folder).mkdir()
        pairs = zip(("lowerdir", "upperdir", "workdir"), folders, strict=False)
        options = ",".join(f"{option}={scratch}/{folder}" for option, folder in pairs)
        words = _in_namespaces("mount", "-t", "overlay", "-o", options, "overlay", f"{scratch}/merged")
    if not words:
        return ""
    return (
        f"{directory} can not hold layers of images (overlayfs: {words}): "
        "set XDG_STATE_HOME and XDG_CACHE_HOME to folders on ext4 or xfs (in a container: on a volume)"
    )


def _veth() -> str:
    words = _in_namespaces("ip", "link", "add", "type", "veth")
    return f"the kernel makes no virtual links (modprobe veth): {words}" if words else ""


def _nat() -> str:
    words = _in_namespaces("iptables", "-t", "nat", "-A", "OUTPUT", "-j", "ACCEPT")
    return f"iptables can not translate addresses (modprobe iptable_nat): {words}" if words else ""


def _in_namespaces(*command: str) -> str:
    """Run a command as the box would; return the first line of what it complains about."""
    try:
        done = subprocess.run(
            ["unshare", *NAMESPACES, "--", *command], capture_output=True, text=True, check=False
        )
    except FileNotFoundError as error:
        return f"the command {error.filename} is missing"
    if not done.returncode:
        return ""
    return (done.stderr.strip() or f"exit status {done.returncode}").splitlines()[0].rstrip(".")
