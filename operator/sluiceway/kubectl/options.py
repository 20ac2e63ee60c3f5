"""Options that several commands share, and what completes names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from sluiceway.kubectl.out import Output
from sluiceway.kubectl.session import Where


def names_there(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the ModelDeployments of the namespace, for completion; none when the cluster does not answer."""
    from sluiceway.kubectl.fetching import names_in  # noqa: PLC0415 - only completion asks

    return [name for name in names_in(_where(ctx)) if name.startswith(incomplete)]


def revisions_there(ctx: typer.Context, incomplete: str) -> list[str]:
    """Return the revisions of the ModelDeployment that is named already, for completion."""
    from sluiceway.kubectl.fetching import revisions_of  # noqa: PLC0415 - only completion asks

    # Behind an option that has no value yet the words are not taken for parameters.
    name = ctx.params.get("name") or next(iter(ctx.args), "")
    found = revisions_of(_where(ctx), name)
    return [name for name in found if name.startswith(incomplete)]


def _where(ctx: typer.Context) -> Where:
    given: dict[str, Any] = ctx.params
    return Where(given.get("namespace"), given.get("context"), given.get("kubeconfig"))


Name = Annotated[str, typer.Argument(help="Name of the ModelDeployment.", autocompletion=names_there)]
Namespace = Annotated[
    str | None, typer.Option("--namespace", "-n", help="Its namespace; that of the context by default.")
]
Context = Annotated[str | None, typer.Option(help="Context of the kubeconfig; the current one by default.")]
Kubeconfig = Annotated[
    Path | None, typer.Option(help="Kubeconfig to use. Default: $KUBECONFIG, then ~/.kube/config.")
]
Form = Annotated[
    Output | None, typer.Option("--output", "-o", help="For programs, instead of words for people.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be written; write nothing.")]
