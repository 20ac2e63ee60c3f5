"""The Go programs that a cluster is made of, with their versions and hashes."""

from __future__ import annotations

from dataclasses import dataclass

KUBERNETES_VERSION = "v1.35.4"
_VERSION_PACKAGE = "k8s.io/component-base/version"


@dataclass(frozen=True)
class Module:
    """A published module that is built as the main module, so that its own `replace` lines hold."""

    path: str
    sum: str
    """What go.sum says of it (`h1:` and a base64 SHA-256); its own go.sum locks the rest."""


@dataclass(frozen=True)
class Program:
    """One binary: built from a published module or, without one, from `go/<name>` beside this."""

    name: str
    version: str
    package: str = "."
    module: Module | None = None
    variables: tuple[str, ...] = ()
    """Linker variables (`-X`)."""
    keep: tuple[str, ...] = ()
    """Folders of the module to keep beside the binary."""
    links: tuple[str, ...] = ()
    """More names of the binary, which looks at the name it is called by."""


PROGRAMS = {
    program.name: program
    for program in (
        # 1.36 needs containerd 2; Debian 12 has 1.6.
        Program(
            "kubernetes",
            KUBERNETES_VERSION,
            variables=(
                f"{_VERSION_PACKAGE}.gitVersion={KUBERNETES_VERSION}",
                f"{_VERSION_PACKAGE}.gitMajor=1",
                f"{_VERSION_PACKAGE}.gitMinor=35",
                f"{_VERSION_PACKAGE}.gitTreeState=clean",
            ),
            links=(
                "etcd",
                "kube-apiserver",
                "kube-controller-manager",
                "kube-proxy",
                "kube-scheduler",
                "kubectl",
                "kubelet",
            ),
        ),
        Program(
            "envoy-gateway",
            "v1.9.1",
            package="./cmd/envoy-gateway",
            module=Module("github.com/envoyproxy/gateway", "h1:vAVp6/AlBXJ1aOhp1mxL7fNEzVEfjADUguUhm2wzxQY="),
            variables=("github.com/envoyproxy/gateway/internal/cmd/version.envoyGatewayVersion=v1.9.1",),
            keep=("charts/gateway-helm",),
        ),
        Program(
            "coredns",
            "v1.15.0",
            module=Module("github.com/coredns/coredns", "h1:OBT+OEyHVdUiVxPhrNlC5XZVq3RkSxzQXfZQ76gm5ck="),
        ),
        Program(
            "helm",
            "v4.3.1",
            package="./cmd/helm",
            module=Module("helm.sh/helm/v4", "h1:UndCoLe9UPmNoL7IvWzaUXveL7T5t/ijoorEmgJdI9g="),
            variables=("helm.sh/helm/v4/internal/version.version=v4.3.1",),
        ),
        Program("pause", "v1.0.0"),
        # No part of a cluster: how Argo CD and kstatus read a status, for tests.
        Program("readers", "v1.0.0"),
        # Nor this: it offers Triton's metrics to autoscalers in tests.
        Program("adapter", "v1.0.0"),
    )
}

_KEDA = Module("github.com/kedacore/keda/v2", "h1:R6z2HZvstK4RLUMxroNACzBj74xGxt3kG59b5Xc+Xps=")
_OF_KEDA = ("github.com/kedacore/keda/v2/version.Version=2.21.0",)

ON_DEMAND = {
    program.name: program
    for program in (
        Program(
            "keda-operator",
            "v2.21.0",
            package="./cmd/operator",
            module=_KEDA,
            variables=_OF_KEDA,
            keep=("config",),
        ),
        Program(
            "metrics-server",
            "v0.9.0",
            package="./cmd/metrics-server",
            module=Module("sigs.k8s.io/metrics-server", "h1:nlqqZ2H0Xfko8eJC/1qaNVVT17hu4rxndkOi22KTZ4w="),
        ),
        Program("keda-adapter", "v2.21.0", package="./cmd/adapter", module=_KEDA, variables=_OF_KEDA),
    )
}
"""Programs that are built only where they are asked for by name: together they take ten minutes and more."""
