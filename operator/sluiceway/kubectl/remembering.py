"""The commands about what is on record of revisions."""

from __future__ import annotations

from typing import Annotated

import typer

from sluiceway.core.state import State
from sluiceway.kubectl import fetching
from sluiceway.kubectl.diffing import coloured, difference
from sluiceway.kubectl.finding import find
from sluiceway.kubectl.options import Context, Form, Kubeconfig, Name, Namespace, revisions_there
from sluiceway.kubectl.out import give, show
from sluiceway.kubectl.past import history_table, past
from sluiceway.kubectl.problems import Exit
from sluiceway.kubectl.session import Where


def history(
    name: Name,
    *,
    namespace: Namespace = None,
    output: Form = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """List the revisions on record.

    What they are, when they served, how they ended and why.

    Example: kubectl sluiceway history fraud -n models
    """
    found = past(fetching.snapshot(Where(namespace, context, kubeconfig), name))
    give(found.entries, output) if output else show(history_table(found))


def diff(
    name: Name,
    before: Annotated[
        str,
        typer.Argument(
            metavar="REV", help="Revision by number, name or hash.", autocompletion=revisions_there
        ),
    ],
    after: Annotated[
        str,
        typer.Argument(
            metavar="[REV]",
            help="The other one; by default the one that the spec asks for.",
            autocompletion=revisions_there,
        ),
    ] = "",
    *,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="End with 1 when they differ, as diff does.")
    ] = False,
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Show what differs between two revisions.

    A unified diff of what their ControllerRevisions hold.

    Example: kubectl sluiceway diff fraud 3 4 -n models
    """
    state = State(fetching.snapshot(Where(namespace, context, kubeconfig), name).observed)
    found = difference(find(state.recorded, before), find(state.recorded, after) if after else state.wanted)
    if found:
        show(coloured(found))
    if found and exit_code:
        raise typer.Exit(Exit.NO)
