"""The commands: `python -m e2e.cluster --help`."""

from __future__ import annotations

import os
import shlex
from typing import Annotated, NoReturn

import typer

from e2e.cluster import addons, binaries, extracted, images, paths, preflight, requirements
from e2e.cluster.box import Box
from e2e.cluster.interface import select
from e2e.cluster.programs import ON_DEMAND, PROGRAMS
from e2e.cluster.progress import ClusterError, say

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    help="""A real Kubernetes cluster on this machine: one node, one command, no Docker.

    It runs in namespaces of its own and keeps its data in one folder, so that `down` leaves nothing.
    The first `up` builds Kubernetes and Envoy Gateway from source (about 15 minutes on two cores) and
    keeps them; later ones take under a minute. Needs Linux, root and Go 1.26.

    With KUBECONFIG set, `kubectl` and `kubeconfig` mean that cluster, and `up` only tells whether it has
    all that is needed.
    """,
)

Name = Annotated[str, typer.Option("--name", "-n", help="Which cluster; several can run at once.")]
_PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


@app.command()
def up(
    name: Name = "demo",
    gateway: Annotated[
        bool, typer.Option(help="Also install DNS and a Gateway, through which models are served.")
    ] = True,
) -> None:
    """Start a fresh cluster; one that runs under the same name is ended first."""
    box = select(name)
    if not isinstance(box, Box):
        requirements.check(box)
        say("it has all that is needed: nothing is set up in it")
        return
    preflight.ready_machine()
    if gateway:
        # All at once: they share what they compile.
        binaries.ensure_all(["kubernetes", "envoy-gateway", "coredns", "helm", "pause"])
    box.up()
    if gateway:
        say(f"gateway: http://{addons.install(box)}")
    say(f"cluster {name} is up. Next:\n  export KUBECONFIG={box.kubeconfig}\n  kubectl get nodes")
    say(f"End it with: python -m e2e.cluster down --name {name}")


@app.command()
def down(name: Name = "demo") -> None:
    """End a cluster and remove everything it had; no error when there is none."""
    Box(name).down()
    say(f"cluster {name} is gone")


@app.command()
def status() -> None:
    """Show the clusters of this machine; exit status 1 when none is running."""
    boxes = [Box(folder.name) for folder in sorted(paths.state().glob("boxes/*"))]
    for box in boxes:
        state = f"running at {box.node_address}" if box.running else "dead; remove it with down"
        print(f"{box.name}\t{state}\t{box.directory}")
    if not any(box.running for box in boxes):
        say("no cluster is running; start one with: python -m e2e.cluster up")
        raise typer.Exit(1)


@app.command()
def kubeconfig(name: Name = "demo") -> None:
    """Print the path of an administrator's kubeconfig: export KUBECONFIG=$(... kubeconfig)."""
    cluster = select(name)
    if isinstance(cluster, Box):
        cluster.must_run()
        print(cluster.kubeconfig)
    else:
        print(cluster.settings.kubeconfig)


@app.command(context_settings=_PASS_ON)
def kubectl(context: typer.Context, name: Name = "demo") -> None:
    """Run kubectl as an administrator. Its own options go after `--`: kubectl -- get pods -n default."""
    cluster = select(name)
    if isinstance(cluster, Box):
        cluster.must_run()
        program = str(binaries.ensure("kubernetes").with_name("kubectl"))
        _become([program, f"--kubeconfig={cluster.kubeconfig}", *context.args])
    _become([cluster.command("kubectl"), *context.args])


@app.command("exec", context_settings=_PASS_ON)
def execute(context: typer.Context, name: Name = "demo") -> None:
    """Run a command inside the box, where its daemons run: exec -- iptables-save. A shell by default."""
    _become(Box(name).inside(context.args or ["bash"]))


@app.command("binaries")
def build(
    names: Annotated[
        list[str] | None,
        typer.Argument(help=f"Programs to build instead; {', '.join(ON_DEMAND)} only if they are named."),
    ] = None,
) -> None:
    """Build all programs that a cluster needs, and print where they are."""
    for path in binaries.ensure_all(names or PROGRAMS).values():
        print(path)


@app.command("images")
def build_images() -> None:
    """Build all container images that are missing, and print where they are."""
    images.ready_machine()
    binaries.ensure_all()
    for path in images.build_all().values():
        print(path)


@app.command()
def prepare(name: Name = "demo") -> None:
    """Build all that `up` and the tests need, or tell what is missing; nothing starts yet."""
    cluster = select(name)
    if isinstance(cluster, Box):
        preflight.ready_machine()
        binaries.ensure_all()
        images.build_all()
        for program in extracted.PROGRAMS:
            extracted.ensure(program)
    else:
        requirements.check(cluster)


def _become(command: list[str]) -> NoReturn:
    try:
        os.execvp(command[0], command)  # noqa: S606 - no shell is the point
    except OSError as error:
        raise ClusterError(f"{shlex.join(command)}: {error}") from error


def main() -> None:
    try:
        app()
    except ClusterError as error:
        say(f"error: {error}")
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
