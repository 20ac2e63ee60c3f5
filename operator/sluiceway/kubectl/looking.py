"""The commands that look and write nothing."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from sluiceway.kubectl import fetching
from sluiceway.kubectl.options import Context, Form, Kubeconfig, Name, Namespace, names_there
from sluiceway.kubectl.out import give, show
from sluiceway.kubectl.problems import Problem
from sluiceway.kubectl.session import Where, with_session
from sluiceway.kubectl.tables import overview
from sluiceway.kubectl.tree import status_tree
from sluiceway.kubectl.watching import Until, problem, seconds_of
from sluiceway.kubectl.watching import watch as watching

_CTRL_C = 130
"""As shells say that a program was interrupted."""


def status(
    *,
    name: Annotated[
        str | None,
        typer.Argument(
            help="Name of the ModelDeployment; without it, all of them.", autocompletion=names_there
        ),
    ] = None,
    everywhere: Annotated[
        bool, typer.Option("--all-namespaces", "-A", help="Those of all namespaces; without NAME.")
    ] = False,
    namespace: Namespace = None,
    output: Form = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Say what serves, what is tried, and what to do.

    With a NAME: revisions, their shares and pods, objectives with numbers, reasons, what to type next.

    Example: kubectl sluiceway status fraud -n models
    """
    where = Where(namespace, context, kubeconfig)
    if name and everywhere:
        raise typer.BadParameter("give a NAME, or -A for those of all namespaces, not both")
    if name:
        view = fetching.view(where, name)
        give(view, output) if output else show(status_tree(view))
        return
    looked_at, rows = fetching.rows(where, everywhere=everywhere)
    if output:
        give(rows, output)
    elif rows:
        show(overview(rows, fetching.now(), namespaces=everywhere))
    else:
        place = "in any namespace" if everywhere else f"in namespace {looked_at}; -A looks in all of them"
        raise Problem(f"there is no ModelDeployment {place}")


def plan(
    name: Name,
    *,
    namespaced: Annotated[
        bool,
        typer.Option("--namespaced", help="Look at nothing outside its namespace, with rights there only."),
    ] = False,
    namespace: Namespace = None,
    output: Form = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Say what the operator would do now, and why.

    Reads what the operator reads, with your rights, and writes nothing.

    Example: kubectl sluiceway plan fraud -n models
    """
    notes = fetching.notes(Where(namespace, context, kubeconfig), name, namespaced=namespaced)
    give(notes, output) if output else typer.echo("\n".join(notes) or "nothing is to be done")


def watch(
    name: Name,
    *,
    until_settled: Annotated[
        bool,
        typer.Option("--until-settled", help="End with 0 once the spec's revision serves, 1 once stalled."),
    ] = False,
    timeout: Annotated[
        str, typer.Option(help="With --until-settled: end with 3 after so long, such as 90s, 30m or 1h30m.")
    ] = "",
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Follow a rollout, second by second.

    Step, shares, pods, traffic and bad requests of the last minute, objectives with numbers. Live figures
    come from the operator through the API server's proxy; without them the status has to do, and it says
    so. Where there is no terminal, it writes a line for every change. Ctrl-C ends it.

    Example: kubectl sluiceway watch fraud -n models --until-settled --timeout 30m
    """
    if timeout and not until_settled:
        raise typer.BadParameter("--timeout needs --until-settled: without it only Ctrl-C ends the watch")
    try:
        until = Until(until_settled, seconds_of(timeout) if timeout else None)
    except ValueError as error:
        raise typer.BadParameter(f"--timeout: {error}") from None
    console = Console(highlight=False)
    try:
        code = with_session(
            Where(namespace, context, kubeconfig), lambda session: watching(session, name, until, console)
        )
    except KeyboardInterrupt:
        raise typer.Exit(_CTRL_C) from None
    if told := problem(code, name, timeout):
        raise told
