"""`sluiceway`: run the operator, look at what it would do, print the CRD."""

from __future__ import annotations

import asyncio
import logging
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
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
    namespace: Namespace = None,
    kubeconfig: Kubeconfig = None,
    health_port: Annotated[int, typer.Option(help="Port of GET /healthz; 0 for none.")] = 8080,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what Kopf does, too.")] = False,
) -> None:
    """Run the operator until SIGTERM or Ctrl-C.

    Needs the ModelDeployment CRD in the cluster. Without the Gateway API it serves inside the cluster.
    """
    from sluiceway.adapters.kube import connect  # noqa: PLC0415 - other commands start without it
    from sluiceway.ports import ClusterError, KindMissing  # noqa: PLC0415
    from sluiceway.runtime.app import App, Settings  # noqa: PLC0415

    _log(verbose=verbose)
    path = _kubeconfig(kubeconfig)
    settings = Settings(namespace=namespace, in_cluster=path is None, health_port=health_port or None)

    async def main() -> None:
        cluster = await connect(path)
        try:
            await App(cluster, settings).run()
        finally:
            await cluster.close()

    try:
        asyncio.run(main())
    except KindMissing as error:
        _stop(f"the ModelDeployment CRD is not installed ({error}): kubectl apply --server-side -f crds/")
    except ClusterError as error:
        _stop(str(error))


@app.command()
def plan(
    name: Annotated[str, typer.Argument(help="Name of the ModelDeployment.")],
    namespace: Annotated[str, typer.Option("--namespace", "-n", help="Its namespace.")] = "default",
    kubeconfig: Kubeconfig = None,
) -> None:
    """Say what the operator would do for a ModelDeployment now, and why. Writes nothing."""
    from sluiceway.adapters.kube import connect  # noqa: PLC0415
    from sluiceway.api import names  # noqa: PLC0415
    from sluiceway.api.resource import ModelDeployment  # noqa: PLC0415
    from sluiceway.build.objects import Ref  # noqa: PLC0415
    from sluiceway.core.decide import decide  # noqa: PLC0415
    from sluiceway.ports import ClusterError  # noqa: PLC0415
    from sluiceway.runtime.observe import Observer  # noqa: PLC0415

    async def main() -> tuple[str, ...]:
        cluster = await connect(_kubeconfig(kubeconfig))
        try:
            raw = await cluster.get(Ref(names.API_VERSION, names.KIND, namespace, name))
            if raw is None:
                _stop(f"there is no ModelDeployment {namespace}/{name}")
            observer = Observer(cluster, lambda: datetime.now(UTC), namespace=None)
            return decide(await observer.look(ModelDeployment.parse(raw))).notes
        finally:
            await cluster.close()

    try:
        typer.echo("\n".join(asyncio.run(main())))
    except ClusterError as error:
        _stop(str(error))


@app.command()
def crds() -> None:
    """Print the CustomResourceDefinition, as `crds/` holds it."""
    from sluiceway.cli.crds import render  # noqa: PLC0415

    typer.echo(render(), nl=False)


def _kubeconfig(given: Path | None) -> str | None:
    """Return the kubeconfig to use, None inside a cluster; Kopf reads it from the environment."""
    if given is None and "KUBECONFIG" not in os.environ and "KUBERNETES_SERVICE_HOST" in os.environ:
        return None
    path = str(given or os.environ.get("KUBECONFIG") or Path("~/.kube/config").expanduser())
    os.environ["KUBECONFIG"] = path
    return path


def _log(*, verbose: bool) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname).1s %(name)s: %(message)s")
    if not verbose:
        logging.getLogger("kopf").setLevel(logging.WARNING)


def _stop(message: str) -> NoReturn:
    typer.echo(f"sluiceway: {message}", err=True)
    raise typer.Exit(1)


if __name__ == "__main__":
    app()
