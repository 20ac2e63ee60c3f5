"""The commands that ask the operator for something."""

from __future__ import annotations

import typer

from sluiceway.core.commands import Command
from sluiceway.core.state import State
from sluiceway.kubectl import fetching
from sluiceway.kubectl.asking import Asked, ask, offered
from sluiceway.kubectl.options import Context, DryRun, Kubeconfig, Name, Namespace
from sluiceway.kubectl.session import Session, Where, with_session
from sluiceway.kubectl.snapshot import look


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
