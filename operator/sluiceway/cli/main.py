"""`sluiceway`: run the operator, look at what it would do, print the CRD."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from sluiceway.build.guard.container import DEFAULTS
from sluiceway.cli import options
from sluiceway.cli.options import stop
from sluiceway.runtime.kopf_log import quieten_kopf

if TYPE_CHECKING:
    from sluiceway.adapters.kube import KubeCluster

T = TypeVar("T")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    # An operator's log is read by programs, and a drawn traceback shows values of variables.
    pretty_exceptions_enable=False,
    help="Sluiceway turns ModelDeployment resources into NVIDIA Triton pods behind a gateway.",
)

Namespace = Annotated[
    str | None, typer.Option("--namespace", "-n", help="Only this namespace; without it, all of them.")
]
Kubeconfig = Annotated[
    Path | None,
    typer.Option(help="Outside a cluster: the kubeconfig to use. Default: $KUBECONFIG, then ~/.kube/config."),
]


@app.command()
def run(
    *,
    namespace: Namespace = None,
    kubeconfig: Kubeconfig = None,
    health_port: Annotated[
        int,
        typer.Option(help="Port of GET /healthz, /readyz, /metrics and /live/NAMESPACE/NAME; 0 for none."),
    ] = 8080,
    guard_image: Annotated[
        str, typer.Option(help="Image of Envoy 1.40 or later, for the guards of new revisions.")
    ] = DEFAULTS.image,
    guard_resources: Annotated[
        str, typer.Option(help="Their resources, as in a pod, in JSON; without it 50m of CPU, 96Mi to 512Mi.")
    ] = "",
    config: Annotated[
        Path | None,
        typer.Option(
            help="YAML with the providers of metrics that objectives may query: see the second example."
        ),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what Kopf does, too.")] = False,
) -> None:
    """Run the operator until SIGTERM or Ctrl-C.

    Needs the ModelDeployment CRD in the cluster. Without the Gateway API it serves inside the cluster.
    While the API server is away it waits.

    Example, beside a cluster rather than in it: sluiceway run --kubeconfig ~/.kube/config -n models

    Example of a --config FILE: providers: [{name: prometheus, address: "http://localhost:9090"}].
    A provider may also have timeoutSeconds (2), intervalSeconds (1), scrapeSeconds (30), bearerTokenFile and
    caFile.
    """
    from sluiceway.adapters.guard import EnvoyGuards  # noqa: PLC0415 - other commands start without it
    from sluiceway.adapters.prometheus import PrometheusSignals  # noqa: PLC0415
    from sluiceway.adapters.triton import TritonProber  # noqa: PLC0415
    from sluiceway.runtime.app import App, Settings  # noqa: PLC0415
    from sluiceway.runtime.telemetry import Telemetry  # noqa: PLC0415

    _log(verbose=verbose)
    providers = options.providers(config)
    path = options.kubeconfig(kubeconfig)
    settings = Settings(
        namespace=namespace,
        in_cluster=path is None,
        health_port=health_port or None,
        guard=options.guard(guard_image, guard_resources),
    )

    async def operate(cluster: KubeCluster) -> None:
        async with EnvoyGuards() as guards, PrometheusSignals(providers) as signals:
            telemetry = Telemetry(each.name for each in providers)
            cluster.on_request = telemetry.requested
            await App(cluster, settings, TritonProber(), guards, signals, telemetry=telemetry).run()

    _with_cluster(path, operate)


@app.command()
def plan(
    name: Annotated[str, typer.Argument(help="Name of the ModelDeployment.")],
    namespace: Annotated[str, typer.Option("--namespace", "-n", help="Its namespace.")] = "default",
    namespaced: Annotated[
        bool,
        typer.Option(
            "--namespaced",
            help="Look at nothing outside its namespace, as an operator that runs with --namespace.",
        ),
    ] = False,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Say what the operator would do for a ModelDeployment now, and why. Writes nothing.

    Reads what the operator reads, with your rights.

    Example: sluiceway plan fraud -n models
    """
    from sluiceway.cli.plan import notes  # noqa: PLC0415

    found = _with_cluster(
        options.kubeconfig(kubeconfig),
        lambda cluster: notes(cluster, lambda: datetime.now(UTC), namespace, name, namespaced=namespaced),
    )
    if found is None:
        stop(
            f"there is no ModelDeployment {name} in namespace {namespace}: `kubectl get mdep -A` lists all,"
            " --namespace names another"
        )
    typer.echo("\n".join(found))


@app.command()
def crds() -> None:
    """Print the CustomResourceDefinition, as `crds/` holds it.

    Example: sluiceway crds | kubectl apply --server-side -f -
    """
    from sluiceway.cli.crds import render  # noqa: PLC0415

    typer.echo(render(), nl=False)


def _with_cluster(kubeconfig: str | None, work: Callable[[KubeCluster], Awaitable[T]]) -> T:
    """Connect, work and close the connections; an error of the API server ends the command."""
    from sluiceway.adapters.kube import connect  # noqa: PLC0415
    from sluiceway.cli.errors import explain  # noqa: PLC0415
    from sluiceway.ports import ClusterError, Refused  # noqa: PLC0415

    async def main() -> T:
        try:
            cluster = await connect(kubeconfig)
        except Refused as error:
            stop(f"{error}: name another kubeconfig with --kubeconfig, or in KUBECONFIG")
        try:
            return await work(cluster)
        finally:
            await cluster.close()

    try:
        return asyncio.run(main())
    except ClusterError as error:
        stop(explain(error))


def _log(*, verbose: bool) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname).1s %(name)s: %(message)s")
    if not verbose:
        quieten_kopf()


if __name__ == "__main__":
    app()
