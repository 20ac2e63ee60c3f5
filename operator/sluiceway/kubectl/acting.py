"""The commands that ask the operator for something, or change what is wanted."""

from __future__ import annotations

from typing import Annotated

import typer

from sluiceway.core.commands import Command
from sluiceway.core.state import State
from sluiceway.kubectl import fetching
from sluiceway.kubectl.asking import Asked, ask, offered
from sluiceway.kubectl.diffing import coloured, difference
from sluiceway.kubectl.options import Context, DryRun, Form, Kubeconfig, Name, Namespace, revisions_there
from sluiceway.kubectl.out import give, show
from sluiceway.kubectl.session import Session, Where, with_session
from sluiceway.kubectl.snapshot import look
from sluiceway.kubectl.undoing import Undo, document
from sluiceway.kubectl.undoing import undo as undone


def promote(
    name: Name,
    *,
    dry_run: DryRun = False,
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """End the step of the candidate now.

    It gets its next share, after the last step all requests, whatever is known of its objectives.

    Example: kubectl sluiceway promote fraud -n models
    """
    _command(Where(namespace, context, kubeconfig), name, Command.PROMOTE, dry_run=dry_run)


def abort(
    name: Name,
    *,
    dry_run: DryRun = False,
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Take all requests back, and refuse the revision.

    From the candidate, or from the one that took over while the one before is warm.

    Example: kubectl sluiceway abort fraud -n models
    """
    _command(Where(namespace, context, kubeconfig), name, Command.ABORT, dry_run=dry_run)


def retry(
    name: Name,
    *,
    dry_run: DryRun = False,
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Let a refused revision be tried again.

    What made it fail has to be mended first, or it fails again.

    Example: kubectl sluiceway retry fraud -n models
    """
    _command(Where(namespace, context, kubeconfig), name, Command.RETRY, dry_run=dry_run)


def pause(
    name: Name,
    *,
    dry_run: DryRun = False,
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Let the rollout stand still.

    The share stays as it is. Objectives are watched all the same.

    Example: kubectl sluiceway pause fraud -n models
    """
    _command(Where(namespace, context, kubeconfig), name, Command.PAUSE, dry_run=dry_run)


def resume(
    name: Name,
    *,
    dry_run: DryRun = False,
    namespace: Namespace = None,
    context: Context = None,
    kubeconfig: Kubeconfig = None,
) -> None:
    """Let a paused rollout go on.

    Example: kubectl sluiceway resume fraud -n models
    """
    _command(Where(namespace, context, kubeconfig), name, Command.RESUME, dry_run=dry_run)


def _command(where: Where, name: str, command: Command, *, dry_run: bool) -> None:
    async def work(session: Session) -> Asked:
        found = await look(session.cluster, session.namespace, name, fetching.now())
        state = State(found.observed)
        in_the_dark = found.routes_hidden and state.owner.spec.traffic
        asked = offered(state, command) if in_the_dark else ask(state, command)
        if not dry_run:
            await session.cluster.annotate(name, session.namespace, {asked.annotation: asked.value})
        return asked

    asked = with_session(where, work)
    typer.echo(f"{'would ask' if dry_run else 'asked'}: {asked.annotation}={asked.value}\n{asked.words}")


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
