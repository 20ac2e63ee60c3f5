"""Makes and removes what a box has on the machine. Callers hold the box's lock."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from e2e.cluster import host, paths
from e2e.cluster.addresses import Addresses, free_slot
from e2e.cluster.children import with_parent
from e2e.cluster.init import LINK
from e2e.cluster.locking import exclusive
from e2e.cluster.node import Node, cgroup_of
from e2e.cluster.node_files import write_files
from e2e.cluster.preflight import NAMESPACES
from e2e.cluster.progress import wait_for

_INIT_SECONDS = 10.0


def addresses_of(directory: Path) -> Addresses:
    """Return the addresses of the box at *directory*; FileNotFoundError when there is none."""
    return Addresses(int(_slot(directory).read_text()))


def prepare(name: str, directory: Path, *, sandbox_image: str) -> Node:
    """Choose addresses and write all files of a new box."""
    with exclusive(paths.state() / "slots.lock", "choosing addresses"):
        others = [addresses_of(slot.parent).link for slot in directory.parent.glob("*/slot")]
        addresses = free_slot([*others, *host.taken_networks()])
        directory.mkdir(parents=True)
        directory.chmod(0o700)
        _slot(directory).write_text(str(addresses.slot))
    node = Node(name, directory, addresses)
    node.layout.logs.mkdir()
    write_files(node, sandbox_image=sandbox_image)
    host.make_cgroups(node.cgroup)
    return node


def start(node: Node, programs: Path, *, ephemeral: bool) -> subprocess.Popen[str]:
    """Start the box's init in fresh namespaces and give it its link.

    Returns:
        The process that waits for the init. Kill the init, and it ends.
    """
    init = [sys.executable, "-m", host.INIT_MODULE]
    arguments = [node.name, str(node.addresses.slot), str(node.directory), str(programs)]
    unshare = ["unshare", *NAMESPACES, "--propagation=slave", "--kill-child=KILL"]
    command = [*unshare, "--", *init, *arguments]
    log_file = node.layout.logs / "init.log"
    with log_file.open("w") as log:
        starter = subprocess.Popen(
            with_parent(command) if ephemeral else command,
            cwd=paths.SOURCES.parents[1],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            text=True,
            start_new_session=True,
        )
    assert starter.stdin is not None
    with starter.stdin:
        wait_for(
            "the box has an init",
            lambda: "" if host.init_pid(node.directory) else "not yet",
            seconds=_INIT_SECONDS,
            logs=(log_file,),
        )
        pid = host.init_pid(node.directory)
        assert pid is not None
        prefix = node.addresses.link.prefixlen
        address = f"{node.addresses.host}/{prefix}"
        host.add_link(node.addresses.device, address=address, peer=LINK, pid=pid)
        starter.stdin.write("go\n")
    return starter


def remove(name: str, directory: Path) -> None:
    """End the box's processes and remove what they leave; whatever of it is not there is skipped.

    Raises:
        ClusterError: with what can not be removed.
    """
    host.end_processes(directory)
    if _slot(directory).exists():
        host.remove_link(addresses_of(directory).device)
    host.remove_cgroups(cgroup_of(name))
    host.remove_tree(directory)


def _slot(directory: Path) -> Path:
    return directory / "slot"
