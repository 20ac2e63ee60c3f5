"""What on a machine could show that a box has been there; compared before and after.

Every fact is one line of text, so that a difference reads by itself.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from e2e.cluster import paths
from e2e.cluster.host import cgroup_hierarchies, processes

_PROGRAMS = (
    "containerd", "ctr", "etcd", "kube", "nsenter", "pause", "runc", "unshare",
)  # fmt: skip
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


def take() -> Snapshot:
    """Look at the machine now."""
    looks: tuple[Callable[[], Iterator[str]], ...] = (
        _processes, _mounts, _links, _firewall, _cgroups, _settings, _namespaces, _files,
    )  # fmt: skip
    return Snapshot(frozenset(fact for look in looks for fact in look()))


def _processes() -> Iterator[str]:
    for pid, words in processes():
        program = Path(words[0]).name
        ours = program.startswith(_PROGRAMS) or any(str(paths.state()) in word for word in words)
        if ours and pid != os.getpid():
            yield f"process {pid}: {' '.join(words)[:120]}"


def _mounts() -> Iterator[str]:
    for line in Path("/proc/self/mounts").read_text().splitlines():
        device, point, kind, *_ = line.split()
        yield f"mount {kind} {device} at {point}"


def _links() -> Iterator[str]:
    for link in Path("/sys/class/net").iterdir():
        yield f"link {link.name}"


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


def _cgroups() -> Iterator[str]:
    for hierarchy in cgroup_hierarchies():
        for folder, _, _ in os.walk(hierarchy):
            yield f"cgroup {folder}"


def _settings() -> Iterator[str]:
    for setting in _SETTINGS:
        path = Path("/proc/sys", setting)
        if path.exists():
            yield f"setting {setting} = {path.read_text().strip()}"


def _namespaces() -> Iterator[str]:
    for kind in ("net", "mnt", "pid"):
        seen = set()
        for pid, _ in processes():
            try:
                seen.add(Path(f"/proc/{pid}/ns/{kind}").readlink())
            except OSError:
                continue
        for name in seen:
            yield f"namespace {name}"


def _files() -> Iterator[str]:
    folders = (Path("/", folder) for folder in _FOLDERS)
    for folder in (*folders, paths.state() / "boxes"):
        if folder.is_dir():
            yield from (f"file {entry}" for entry in folder.iterdir())
