"""What on a machine could show that a box has been there; compared before and after.

Every fact is one line of text, so that a difference reads by itself. Other boxes may come and go
meanwhile: what is theirs is no fact.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from e2e.cluster import host, paths

# Others come and go with every login.
_CGROUPS = re.compile(r"sluiceway|kubepods|k8s\.io")
_SETTINGS = (
    "kernel/keys/root_maxbytes",
    "kernel/keys/root_maxkeys",
    "kernel/panic",
    "kernel/panic_on_oops",
    "net/ipv4/conf/all/route_localnet",
    "net/ipv4/ip_forward",
    "net/netfilter/nf_conntrack_max",
    "vm/overcommit_memory",
    "vm/panic_on_oom",
)
_FOLDERS = (
    "/etc/cni/net.d",
    "/opt/cni",
    "/opt/containerd",
    "/run/containerd",
    "/run/netns",
    "/var/lib/cni",
    "/var/lib/containerd",
    "/var/lib/kubelet",
    "/var/log/containers",
    "/var/log/pods",
)


@dataclass(frozen=True)
class Snapshot:
    """The facts at one moment."""

    facts: frozenset[str]

    def since(self, before: Snapshot) -> list[str]:
        """Return what has come (`+`) and gone (`-`) since *before*, sorted; empty when nothing has."""
        come = [f"+ {fact}" for fact in self.facts - before.facts]
        gone = [f"- {fact}" for fact in before.facts - self.facts]
        return sorted(come + gone)


def take(*names: str) -> Snapshot:
    """Look at the machine now, for all but the boxes that are not among *names*."""
    folders = [folder for folder in paths.state().glob("boxes/*") if folder.name not in names]
    others = _Others(folders)
    looks = (_mounts(), _firewall(), _settings(), _files())
    facts = {fact for look in looks for fact in look}
    facts.update(_processes(others), _links(others), _cgroups(others))
    return Snapshot(frozenset(facts))


class _Others:
    """What belongs to other boxes."""

    def __init__(self, folders: list[Path]) -> None:
        self.folders = {str(folder) for folder in folders}
        names = "|".join(re.escape(folder.name) for folder in folders)
        self.cgroup = re.compile(rf"/sluiceway-({names})(/|$)" if names else r"$^")
        slots = [folder / "slot" for folder in folders]
        self.devices = {f"sluiceway{slot.read_text()}" for slot in slots if slot.exists()}
        inits = [host.init_pid(folder) for folder in folders]
        self.namespaces = {_pid_namespace(pid) for pid in inits if pid}


def _processes(others: _Others) -> Iterator[str]:
    """Processes in a process namespace of their own, and those that start a box."""
    shared = {_pid_namespace(os.getpid()), "", *others.namespaces}
    for pid, words in host.processes():
        starts = host.INIT_MODULE in words and not others.folders.intersection(words)
        apart = _pid_namespace(pid) not in shared and not others.cgroup.search(_cgroup(pid))
        if starts or apart:
            yield f"process {pid}: {' '.join(words)[:120]}"


def _mounts() -> Iterator[str]:
    # Images are built in the cache folder, at any time.
    for line in Path("/proc/self/mounts").read_text().splitlines():
        device, point, kind, *_ = line.split()
        if not Path(point).is_relative_to(paths.cache()):
            yield f"mount {kind} {device} at {point}"


def _links(others: _Others) -> Iterator[str]:
    shown = subprocess.run(["ip", "-json", "link"], capture_output=True, text=True, check=True)
    for link in json.loads(shown.stdout):
        if link["ifname"] not in others.devices:
            yield f"link {link['ifname']}"


def _firewall() -> Iterator[str]:
    for program in ("iptables-save", "ip6tables-save"):
        try:
            saved = subprocess.run([program], capture_output=True, text=True, check=False).stdout
        except FileNotFoundError:
            continue
        # Empty tables and counters come with looking.
        for line in saved.splitlines():
            if line.startswith(("-A", ":")):
                yield f"{program} {line.split(' [')[0]}"


def _cgroups(others: _Others) -> Iterator[str]:
    for hierarchy in host.cgroup_hierarchies():
        for folder, _, _ in os.walk(hierarchy):
            if _CGROUPS.search(folder) and not others.cgroup.search(folder):
                yield f"cgroup {folder}"


def _settings() -> Iterator[str]:
    for setting in _SETTINGS:
        path = Path("/proc/sys", setting)
        if path.exists():
            yield f"setting {setting} = {path.read_text().strip()}"


def _files() -> Iterator[str]:
    for folder in map(Path, _FOLDERS):
        if folder.is_dir():
            yield from (f"file {entry}" for entry in folder.iterdir())


def _pid_namespace(pid: int) -> str:
    try:
        return str(Path(f"/proc/{pid}/ns/pid").readlink())
    except OSError:
        return ""


def _cgroup(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cgroup").read_text()
    except OSError:
        return ""
