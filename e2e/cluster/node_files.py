"""Writes all files that a box's daemons read."""

from __future__ import annotations

import json

from e2e.cluster import node as config
from e2e.cluster.identities import write_identities
from e2e.cluster.node import Node


def write_files(node: Node, *, sandbox_image: str) -> None:
    """Write certificates, kubeconfigs and configuration into the node's folder."""
    layout = node.layout
    authority = write_identities(layout)
    for name, user, group in (
        ("kubelet", f"system:node:{node.name}", "system:nodes"),
        ("proxy", "system:kube-proxy", ""),
    ):
        pair = authority.sign(name, user=user, group=group)
        authority.kubeconfig(layout.kubeconfig(name), server=layout.server, pair=pair)
    directory = node.directory
    (directory / "cni").mkdir()
    (directory / "cni" / "pods.conflist").write_text(json.dumps(config.cni_config(node)))
    (directory / "containerd.toml").write_text(config.containerd_config(node, sandbox_image=sandbox_image))
    (directory / "kubelet.json").write_text(json.dumps(config.kubelet_config(node)))
    (directory / "kube-proxy.json").write_text(json.dumps(config.proxy_config(node)))
    # Pods ask the cluster's DNS only: a box has no way out.
    (directory / "resolv.conf").write_text("")
