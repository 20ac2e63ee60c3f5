"""Configuration of what runs on the node: containerd, CNI, kubelet, kube-proxy. Pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from e2e.cluster.addresses import Addresses
from e2e.cluster.arguments import Layout

CONTAINERD_SOCKET = "/run/containerd/containerd.sock"
CNI_PLUGINS = "/usr/lib/cni"  # where Debian's containernetworking-plugins puts them
API_PORT = 6443

KERNEL_SETTINGS = {
    "vm/overcommit_memory": 1,
    "vm/panic_on_oom": 0,
    "kernel/panic": 10,
    "kernel/panic_on_oops": 1,
    "kernel/keys/root_maxkeys": 1_000_000,
    "kernel/keys/root_maxbytes": 25_000_000,
}
"""What kubelet wants under /proc/sys (`pkg/util/sysctl`). It writes what differs, to the whole
machine; the box shows it files with these values instead, so that it writes nothing."""


@dataclass(frozen=True)
class Node:
    """One box: a node and its control plane."""

    name: str
    directory: Path
    addresses: Addresses

    @property
    def layout(self) -> Layout:
        return Layout(
            directory=self.directory,
            address=self.addresses.node,
            port=API_PORT,
            service_cidr=self.addresses.services,
            pod_cidr=self.addresses.pods,
        )

    @property
    def cgroup(self) -> str:
        """Parent of all its pods' cgroups, so that boxes do not share one."""
        return cgroup_of(self.name)


def cgroup_of(name: str) -> str:
    return f"sluiceway-{name}"


def containerd_config(node: Node, *, sandbox_image: str) -> str:
    """`config.toml` of containerd 1.6."""
    return f"""\
version = 2
root = "{node.directory}/containerd"
state = "/run/containerd"
disabled_plugins = [
  "io.containerd.internal.v1.opt",
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
]

[grpc]
address = "{CONTAINERD_SOCKET}"

[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "{sandbox_image}"
# Without the right to lower the score, every sandbox dies with a misleading error.
restrict_oom_score_adj = true

[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "{CNI_PLUGINS}"
conf_dir = "{node.directory}/cni"

[plugins."io.containerd.grpc.v1.cri".containerd]
snapshotter = "overlayfs"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
runtime_type = "io.containerd.runc.v2"
options = {{ SystemdCgroup = false }}
"""


def cni_config(node: Node) -> dict[str, Any]:
    """Pods on point-to-point links: everything is routed, so that no bridge netfilter is needed."""
    return {
        "cniVersion": "1.0.0",
        "name": "pods",
        "plugins": [
            {
                "type": "ptp",
                "ipMasq": False,
                "ipam": {
                    "type": "host-local",
                    "ranges": [[{"subnet": node.addresses.pods}]],
                    "routes": [{"dst": "0.0.0.0/0"}],
                    "dataDir": "/run/cni",
                },
            },
        ],
    }


def kubelet_config(node: Node) -> dict[str, Any]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "authentication": {
            "anonymous": {"enabled": False},
            "x509": {"clientCAFile": str(node.layout.pki / "ca.crt")},
        },
        "authorization": {"mode": "Webhook"},
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{node.cgroup}",
        "clusterDNS": [node.addresses.dns],
        "clusterDomain": "cluster.local",
        # What ended is started again within seconds, not minutes: nobody else's machine suffers from it.
        "crashLoopBackOff": {"maxContainerRestartPeriod": "3s"},
        "containerRuntimeEndpoint": f"unix://{CONTAINERD_SOCKET}",
        # The machine's disk may be nearly full without that being the test's subject, and images
        # come from files: one that is collected never returns.
        "evictionHard": {"memory.available": "100Mi", "nodefs.available": "1%"},
        "imageGCHighThresholdPercent": 100,
        "failCgroupV1": False,
        "failSwapOn": False,
        "podLogsDir": str(node.layout.logs / "pods"),
        "resolvConf": str(node.directory / "resolv.conf"),
        "volumePluginDir": str(node.directory / "volume-plugins"),
    }


def kubelet_arguments(node: Node) -> list[str]:
    return [
        f"--config={node.directory}/kubelet.json",
        f"--kubeconfig={node.layout.kubeconfig('kubelet')}",
        f"--root-dir={node.directory}/kubelet",
        f"--hostname-override={node.name}",
        f"--node-ip={node.addresses.node}",
    ]


def proxy_config(node: Node) -> dict[str, Any]:
    return {
        "apiVersion": "kubeproxy.config.k8s.io/v1alpha1",
        "kind": "KubeProxyConfiguration",
        "clientConnection": {"kubeconfig": str(node.layout.kubeconfig("proxy"))},
        "clusterCIDR": node.addresses.pods,
        "mode": "iptables",
        "iptables": {"minSyncPeriod": "100ms"},
        # Zero leaves the machine's connection tracking settings alone.
        "conntrack": {
            "maxPerCore": 0,
            "min": 0,
            "tcpEstablishedTimeout": "0s",
            "tcpCloseWaitTimeout": "0s",
        },
    }
