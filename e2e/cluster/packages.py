"""The Debian packages that a box needs, installed by name when they are missing."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from e2e.cluster import paths
from e2e.cluster.locking import exclusive
from e2e.cluster.progress import ClusterError, step

BOX_PACKAGES = (
    "conntrack",
    "containerd",
    "containernetworking-plugins",
    "hostname",
    "iproute2",
    "iptables",
    "mount",
    "openssl",
    "runc",
    "util-linux",
)


def missing(packages: Iterable[str]) -> list[str]:
    """Return those of *packages* that dpkg does not have installed."""
    wanted = list(packages)
    if not shutil.which("dpkg-query"):
        return wanted
    query = ["dpkg-query", "--show", "--showformat=${Package} ${db:Status-Status}\n", *wanted]
    shown = subprocess.run(query, capture_output=True, text=True, check=False).stdout
    installed = {line.split()[0] for line in shown.splitlines() if line.endswith(" installed")}
    return [package for package in wanted if package not in installed]


def installable() -> bool:
    """Tell whether this machine has Debian's package manager."""
    return bool(shutil.which("dpkg-query") and shutil.which("apt-get"))


def ensure_packages(packages: Iterable[str]) -> None:
    """Install the missing ones of *packages* with apt-get; leave the others as they are.

    Raises:
        ClusterError: with what to install by hand, where this is not Debian or the user not root.
    """
    absent = missing(packages)
    if not absent:
        return
    if not installable():
        raise ClusterError(f"this is no Debian or relative of it, and lacks the packages {' '.join(absent)}")
    if os.geteuid() != 0:
        raise ClusterError(f"only root may install packages: sudo apt-get install {' '.join(absent)}")
    with exclusive(paths.cache() / "apt.lock", "installing packages"):
        absent = missing(absent)
        if absent:
            with step(f"apt-get install {' '.join(absent)}"):
                apt("update", "--quiet")
                apt("install", "--yes", "--quiet", "--no-install-recommends", *absent)


def apt(*arguments: str, folder: Path | None = None) -> None:
    """Run apt-get, in *folder* where it is to leave something; raises ClusterError with its own words."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    # Another apt may be at work on the machine: wait for it rather than fail.
    command = ["apt-get", "-o", "DPkg::Lock::Timeout=300", *arguments]
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode:
        raise ClusterError(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-2000:]}")
