"""Processes of this machine, those in a box included: what they hold and what they have spent."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_PROC = Path("/proc")


def running(argument: str) -> list[int]:
    """Return the processes that have an argument with this text in it, by their numbers here."""
    found = []
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            try:
                arguments = (entry / "cmdline").read_text().split("\0")
            except OSError:
                continue  # It has ended meanwhile.
            if any(argument in each for each in arguments):
                found.append(int(entry.name))
    return sorted(found)


def cpu_seconds(pid: int) -> float:
    """Return what a process has spent, in itself and in the kernel (proc(5), fields 14 and 15 of stat)."""
    fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mib(pid: int) -> float:
    """Return the resident memory of a process, in MiB."""
    pages = int((_PROC / str(pid) / "statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def is_in(pid: int, container: str) -> bool:
    """Tell whether a process is of a container; *container* is its `containerID`."""
    return container.rpartition("/")[2] in (_PROC / str(pid) / "cgroup").read_text()


def inside_network(pid: int, *command: str) -> None:
    """Run a command of this machine in the network of a process, such as a pod's."""
    subprocess.run(["nsenter", f"--target={pid}", "--net", "--", *command], check=True)
