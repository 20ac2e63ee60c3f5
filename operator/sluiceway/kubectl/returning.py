"""The command that changes the spec."""

from __future__ import annotations

from typing import Annotated

import typer

from sluiceway.kubectl import fetching
from sluiceway.kubectl.diffing import coloured, difference
from sluiceway.kubectl.options import Context, DryRun, Form, Kubeconfig, Name, Namespace, revisions_there
from sluiceway.kubectl.out import give, show
from sluiceway.kubectl.session import Session, Where, with_session
from sluiceway.kubectl.snapshot import look
from sluiceway.kubectl.undoing import Undo, document
from sluiceway.kubectl.undoing import undo as undone


def undo(
    name: Name,
    *,
    to: Annotated[
        str,
        typer.Option(
            help="Revision by number, name or hash; by default the last that served before.",
            autocompletion=revisions_there,
        ),
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Also a revision that is refused.")] = False,
    dry_run: DryRun = False,
    namespace: Namespace = None,
    output: Form = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Let the spec ask for an earlier revision again.

    Writes spec.model, spec.runtime and spec.guard as that revision had them; all else stays. The operator
    then takes that revision up as any other, with its steps, and with its pods when they are
    still warm. Where Git is the truth, commit the spec instead: `-o yaml --dry-run` prints it.

    Example: kubectl sluiceway undo fraud -n models --to 3 --dry-run
    """

    async def work(session: Session) -> tuple[Undo, dict[str, object]]:
        found = await look(session.cluster, session.namespace, name, fetching.now())
        plan = undone(found, to, force=force)
        if not dry_run:
            await session.cluster.edit(name, session.namespace, plan.operations)
        return plan, document(found, plan.spec)

    plan, resource = with_session(Where(namespace, context, kubeconfig), work)
    for warning in plan.warnings:
        typer.echo(f"warning: {warning}", err=True)
    if output:
        give(resource, output)
        return
    show(coloured(difference(plan.before, plan.after)))
    typer.echo(f"{'would ask' if dry_run else 'asked'} for {plan.after.name} instead of {plan.before.name}")
