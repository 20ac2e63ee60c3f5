"""The first process of a box: makes the box's inside, starts its daemons and reaps what they leave.

`python -m e2e.cluster.init NAME SLOT DIRECTORY PROGRAMS`, in fresh namespaces. It starts when a line
comes on standard input, which says that the link to the machine is there. When it ends, however it
ends, the kernel ends everything else in the box and drops its mounts and its network.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from e2e.cluster import arguments
from e2e.cluster.addresses import Addresses
from e2e.cluster.children import Child
from e2e.cluster.kubectl import unready
from e2e.cluster.node import CNI_PLUGINS, KERNEL_SETTINGS, Node, kubelet_arguments
from e2e.cluster.progress import wait_for

_READY_SECONDS = 120.0
LINK = "eth0"
"""Name of the node's end of the link."""


def main() -> None:
    name, slot, directory, programs = sys.argv[1:]
    node = Node(name, Path(directory), Addresses(int(slot)))
    if not sys.stdin.readline():
        return
    _mounts(node)
    _network(node)
    _reap(_daemons(node, Path(programs)))


def _run(*command: str) -> None:
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)


def _mounts(node: Node) -> None:
    # kubelet hands mounts on into containers; the machine, one level up, still sees none of them.
    _run("mount", "--make-rshared", "/")
    _run("mount", "-t", "tmpfs", "-o", "mode=755", "run", "/run")
    var_log = node.layout.logs / "var"
    var_log.mkdir(parents=True)
    _run("mount", "--bind", str(var_log), "/var/log")
    for setting, value in KERNEL_SETTINGS.items():
        shown = node.directory / "kernel" / setting
        shown.parent.mkdir(parents=True, exist_ok=True)
        shown.write_text(f"{value}\n")
        if Path("/proc/sys", setting).exists():
            _run("mount", "--bind", str(shown), f"/proc/sys/{setting}")


def _network(node: Node) -> None:
    _run("hostname", node.name)
    _run("ip", "link", "set", "lo", "up")
    prefix = node.addresses.link.prefixlen
    _run("ip", "address", "add", f"{node.addresses.node}/{prefix}", "dev", LINK)
    _run("ip", "link", "set", LINK, "up")
    # Leads nowhere, but without a default route no ClusterIP is ever looked at.
    _run("ip", "route", "add", "default", "via", node.addresses.host)
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1")
    Path("/proc/sys/net/ipv4/conf/all/route_localnet").write_text("1")


def _daemons(node: Node, programs: Path) -> list[Child]:
    layout = node.layout
    started: list[Child] = []

    def start(name: str, program: str, flags: list[str]) -> Child:
        child = Child(name, [program, *flags], layout.logs / f"{name}.log")
        child.start()
        started.append(child)
        return child

    def kubernetes(name: str, flags: list[str]) -> Child:
        return start(name, str(programs / name), flags)

    start("containerd", "containerd", ["--config", str(node.directory / "containerd.toml")])
    etcd = kubernetes("etcd", arguments.etcd(layout))
    apiserver = kubernetes("kube-apiserver", arguments.apiserver(layout, service_accounts=True))
    # The others would only spend the machine's cores on asking again and again.
    wait_for(
        "the API server is ready",
        lambda: unready(layout.server, layout.pki / "ca.crt"),
        seconds=_READY_SECONDS,
        logs=(etcd.log, apiserver.log),
    )
    kubernetes("kubelet", kubelet_arguments(node))
    kubernetes("kube-controller-manager", arguments.controller_manager(layout))
    kubernetes("kube-scheduler", arguments.scheduler(layout))
    kubernetes("kube-proxy", [f"--config={node.directory}/kube-proxy.json"])
    return started


def _reap(daemons: list[Child]) -> None:
    """Wait for the daemons, and for the shims that containerd leaves to pid 1."""
    names = {daemon.pid: daemon.name for daemon in daemons}
    while True:
        pid, status = os.wait()
        if pid in names:
            code = os.waitstatus_to_exitcode(status)
            print(f"{names[pid]} ended with exit status {code}", flush=True)


if __name__ == "__main__":
    os.environ["PATH"] = f"{os.environ['PATH']}:/usr/sbin:/sbin:{CNI_PLUGINS}"
    main()
