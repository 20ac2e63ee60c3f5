"""The exact arguments of each daemon of the control plane, as pure functions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SERVICE_ACCOUNT_ISSUER = "https://kubernetes.default.svc.cluster.local"


@dataclass(frozen=True)
class Layout:
    """Where one control plane listens and where its files lie."""

    directory: Path
    address: str
    """What the API server listens on, and is known by inside the cluster."""
    port: int
    service_cidr: str
    pod_cidr: str = ""
    """Empty without a node: then no pod runs and no endpoint leads to the API server."""

    @property
    def pki(self) -> Path:
        return self.directory / "pki"

    @property
    def logs(self) -> Path:
        return self.directory / "logs"

    @property
    def audit_log(self) -> Path:
        return self.logs / "audit.log"

    @property
    def audit_policy(self) -> Path:
        return self.directory / "audit-policy.yaml"

    @property
    def etcd_socket(self) -> str:
        # A socket in the folder needs no free port, and only those who may read the folder reach it.
        return f"unix://{self.directory}/etcd.sock"

    @property
    def server(self) -> str:
        return f"https://{self.address}:{self.port}"

    def kubeconfig(self, user: str) -> Path:
        return self.directory / "kubeconfig" / f"{user}.kubeconfig"


def etcd(layout: Layout) -> list[str]:
    # These must have the form of a host and port; nobody dials them, there is no other member.
    nowhere = "http://127.0.0.1:0"
    return _flags(
        name="only",
        data_dir=layout.directory / "etcd",
        listen_client_urls=layout.etcd_socket,
        advertise_client_urls=nowhere,
        listen_peer_urls=nowhere,
        initial_advertise_peer_urls=nowhere,
        initial_cluster=f"only={nowhere}",
        # Nothing here outlives a crash of the machine, and fsync is most of etcd's time.
        unsafe_no_fsync=True,
        log_level="warn",
    )


def apiserver(layout: Layout, *, service_accounts: bool) -> list[str]:
    """Args of kube-apiserver.

    Args:
        service_accounts: False where no controller makes the `default` ServiceAccount, which
            admission would else wait for before it lets a pod in.
    """
    pki = layout.pki
    flags = _flags(
        etcd_servers=layout.etcd_socket,
        bind_address=layout.address,
        advertise_address=layout.address,
        secure_port=layout.port,
        service_cluster_ip_range=layout.service_cidr,
        kubelet_preferred_address_types="InternalIP",  # nothing resolves the node's name
        authorization_mode="Node,RBAC",
        client_ca_file=pki / "ca.crt",
        tls_cert_file=pki / "apiserver.crt",
        tls_private_key_file=pki / "apiserver.key",
        kubelet_client_certificate=pki / "apiserver.crt",
        kubelet_client_key=pki / "apiserver.key",
        service_account_issuer=SERVICE_ACCOUNT_ISSUER,
        service_account_key_file=pki / "sa.pub",
        service_account_signing_key_file=pki / "sa.key",
        # Aggregated APIs (metrics) take the caller's name from a proxy that this CA vouches for.
        requestheader_client_ca_file=pki / "front-proxy-ca.crt",
        requestheader_allowed_names="front-proxy-client",
        requestheader_username_headers="X-Remote-User",
        requestheader_group_headers="X-Remote-Group",
        requestheader_extra_headers_prefix="X-Remote-Extra-",
        proxy_client_cert_file=pki / "front-proxy-client.crt",
        proxy_client_key_file=pki / "front-proxy-client.key",
        audit_policy_file=layout.audit_policy,
        audit_log_path=layout.audit_log,
        audit_log_maxsize=1024,
    )
    if not service_accounts:
        flags += _flags(disable_admission_plugins="ServiceAccount")
    if not layout.pod_cidr:
        # A loopback address may not be an endpoint.
        flags += _flags(endpoint_reconciler_type="none")
    return flags


def controller_manager(layout: Layout) -> list[str]:
    """Args of kube-controller-manager, with an autoscaler that acts in seconds, not minutes."""
    kubeconfig = layout.kubeconfig("controller-manager")
    flags = _flags(
        kubeconfig=kubeconfig,
        authentication_kubeconfig=kubeconfig,
        authorization_kubeconfig=kubeconfig,
        bind_address="127.0.0.1",
        leader_elect=False,
        use_service_account_credentials=True,
        service_account_private_key_file=layout.pki / "sa.key",
        root_ca_file=layout.pki / "ca.crt",
        cluster_signing_cert_file=layout.pki / "ca.crt",
        cluster_signing_key_file=layout.pki / "ca.key",
        service_cluster_ip_range=layout.service_cidr,
        # A claim that was seen before its volume is bound only when all of them are looked at again.
        pvclaimbinder_sync_period="1s",
        horizontal_pod_autoscaler_sync_period="5s",
        horizontal_pod_autoscaler_initial_readiness_delay="5s",
        horizontal_pod_autoscaler_cpu_initialization_period="20s",
        horizontal_pod_autoscaler_downscale_stabilization="30s",
    )
    if not layout.pod_cidr:
        # Several of these may run on one machine, and nobody asks for their metrics.
        return flags + _flags(secure_port=0)
    return flags + _flags(allocate_node_cidrs=True, cluster_cidr=layout.pod_cidr)


def scheduler(layout: Layout) -> list[str]:
    kubeconfig = layout.kubeconfig("scheduler")
    return _flags(
        kubeconfig=kubeconfig,
        authentication_kubeconfig=kubeconfig,
        authorization_kubeconfig=kubeconfig,
        bind_address="127.0.0.1",
        leader_elect=False,
    )


def _flags(**values: object) -> list[str]:
    return [
        f"--{name.replace('_', '-')}={str(value).lower() if isinstance(value, bool) else value}"
        for name, value in values.items()
    ]
