"""`kubectl sluiceway`: look at model deployments, steer their rollouts, return to what served before."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated

import typer

from sluiceway.kubectl import acting, checking, looking, remembering, returning
from sluiceway.kubectl.ending import Ending
from sluiceway.kubectl.problems import CODES

app = typer.Typer(
    name="kubectl-sluiceway",
    cls=Ending,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Look at model deployments, steer their rollouts, return to what served before.\n\n" + CODES,
)


def _version(*, asked: bool) -> None:
    if asked:
        typer.echo(f"kubectl-sluiceway {version('sluiceway')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    _: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_version, help="Print the version.")
    ] = False,
) -> None:
    """Options of the program itself."""


_COMMANDS: tuple[Callable[..., None], ...] = (
    looking.status,
    looking.watch,
    remembering.history,
    remembering.diff,
    looking.plan,
    *acting.COMMANDS,
    returning.undo,
    checking.lint,
)
for _command in _COMMANDS:
    app.command()(_command)

if __name__ == "__main__":
    app()
