"""All certificates and kubeconfigs of one control plane, and its audit policy."""

from __future__ import annotations

import ipaddress

from e2e.cluster.arguments import Layout
from e2e.cluster.certificates import Authority, service_account_key

_AUDIT_POLICY = """\
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
"""


def write_identities(layout: Layout) -> Authority:
    """Write all that the control plane's daemons need to know each other by.

    Returns:
        The authority, to sign more with it: a node's kubelet, for example.
    """
    authority = Authority(layout.pki)
    proxies = Authority(layout.pki, "front-proxy-ca")
    proxies.sign("front-proxy-client", user="front-proxy-client")
    service_account_key(layout.pki)
    first = next(ipaddress.ip_network(layout.service_cidr).hosts())
    addresses = [f"IP:{address}" for address in ("127.0.0.1", layout.address, first)]
    names = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
    authority.sign(
        "apiserver",
        user="kube-apiserver",
        group="system:masters",
        addresses=[*addresses, *(f"DNS:{name}" for name in names)],
    )
    for name, user, group in (
        ("admin", "admin", "system:masters"),
        ("controller-manager", "system:kube-controller-manager", ""),
        ("scheduler", "system:kube-scheduler", ""),
    ):
        pair = authority.sign(name, user=user, group=group)
        authority.kubeconfig(layout.kubeconfig(name), server=layout.server, pair=pair)
    layout.audit_policy.write_text(_AUDIT_POLICY)
    return authority
