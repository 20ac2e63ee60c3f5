"""What a box has on the machine itself, found by looking rather than remembered.

Only processes, cgroup folders, one end of a link and a state folder: all else lives in the box's
namespaces. Nothing here trusts a file that a dead process may have left half written.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

from e2e.cluster.progress import ClusterError, wait_for

INIT_MODULE = "e2e.cluster.init"
_GONE_SECONDS = 30.0


def processes() -> Iterator[tuple[int, list[str]]]:
    """Yield the id and command line of every process that has one."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                words = entry.joinpath("cmdline").read_bytes().decode(errors="replace")
                if words:
                    yield int(entry.name), words.rstrip("\0").split("\0")


def init_pid(directory: Path) -> int | None:
    """Return the process id of the init of the box at *directory*, as the machine numbers it."""
    for pid, words in processes():
        if words[1:3] == ["-m", INIT_MODULE] and str(directory) in words:
            return pid
    return None


def end_processes(directory: Path) -> None:
    """Kill the box's init and whatever is starting it; the kernel ends all that it holds.

    Raises:
        ClusterError: when they are still there half a minute later.
    """

    def remaining() -> list[int]:
        return [p for p, words in processes() if INIT_MODULE in words and str(directory) in words]

    def probe() -> str:
        for pid in remaining():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return f"processes {remaining()} are there" if remaining() else ""

    wait_for(f"the processes of {directory} end", probe, seconds=_GONE_SECONDS)


def cgroup_hierarchies() -> list[Path]:
    """Return where cgroup file systems are mounted: one with version 2, several with version 1."""
    mounts = (line.split() for line in Path("/proc/self/mounts").read_text().splitlines())
    return [Path(fields[1]) for fields in mounts if fields[2] in ("cgroup", "cgroup2")]


def make_cgroups(name: str) -> None:
    for hierarchy in cgroup_hierarchies():
        (hierarchy / name).mkdir(exist_ok=True)


def remove_cgroups(name: str) -> None:
    """Remove the cgroup *name* and all below it, which no process is in any more."""

    def probe() -> str:
        left = ""
        for hierarchy in cgroup_hierarchies():
            for folder, _, _ in os.walk(hierarchy / name, topdown=False):
                try:
                    Path(folder).rmdir()
                except FileNotFoundError:
                    pass
                except OSError as error:
                    left = str(error)
        return left

    wait_for(f"cgroup {name} is removed", probe, seconds=_GONE_SECONDS)


def taken_networks() -> list[ipaddress.IPv4Network]:
    """Return the networks that the machine has routes to, but for the default one."""
    routes = json.loads(_ip("-json", "-4", "route", "show", "table", "all"))
    destinations = (route["dst"] for route in routes)
    return [ipaddress.IPv4Network(dst) for dst in destinations if dst != "default"]


def add_link(device: str, *, address: str, peer: str, pid: int) -> None:
    """Make a link from the machine to the network namespace of *pid*; it goes when that goes."""
    _ip("link", "add", device, "type", "veth", "peer", "name", peer, "netns", str(pid))
    _ip("address", "add", address, "dev", device)
    _ip("link", "set", device, "up")


def remove_link(device: str) -> None:
    """Remove the link if the kernel has not yet done so: it frees namespaces a moment late."""
    subprocess.run(["ip", "link", "delete", device], capture_output=True, check=False)


def remove_tree(directory: Path) -> None:
    """Delete a box's state folder; refuses while something is mounted below it."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        point = Path(line.split()[4])
        if point.is_relative_to(directory):
            raise ClusterError(f"{point} is mounted, outside of any box: umount it, then try again")
    if directory.exists():
        shutil.rmtree(directory)


def _ip(*arguments: str) -> str:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise ClusterError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout
