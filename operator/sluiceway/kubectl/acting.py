"""The commands that ask the operator for something."""

from __future__ import annotations

from collections.abc import Callable

import typer

from sluiceway.core.commands import Command
from sluiceway.core.state import State
from sluiceway.kubectl import fetching
from sluiceway.kubectl.asking import Asked, ask, offered
from sluiceway.kubectl.options import Context, DryRun, Kubeconfig, Name, Namespace
from sluiceway.kubectl.session import Session, Where, with_session
from sluiceway.kubectl.snapshot import look

_TEXTS = {
    Command.PROMOTE: """End the step of the candidate now.

    It gets its next share, after the last step all requests, whatever is known of its objectives.
    """,
    Command.ABORT: """Take all requests back, and refuse the revision.

    From the candidate, or from the one that took over while the one before is warm.
    """,
    Command.RETRY: """Let a refused revision be tried again.

    What made it fail has to be mended first, or it fails again.
    """,
    Command.PAUSE: """Let the rollout stand still.

    The share stays as it is. Objectives are watched all the same.
    """,
    Command.RESUME: """Let a paused rollout go on.
    """,
}


def _asking(command: Command, text: str) -> Callable[..., None]:
    """Return the function of a command; typer reads its name and its docstring."""

    def act(
        name: Name,
        *,
        dry_run: DryRun = False,
        namespace: Namespace = None,
        context: Context = None,
        kubeconfig: Kubeconfig = None,
    ) -> None:
        _command(Where(namespace, context, kubeconfig), name, command, dry_run=dry_run)

    act.__name__ = str(command)
    act.__doc__ = f"{text}\n    Example: kubectl sluiceway {command} fraud -n models\n    "
    return act


COMMANDS = tuple(_asking(command, text) for command, text in _TEXTS.items())


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
