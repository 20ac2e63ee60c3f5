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

    given: dict[str, Any] = ctx.params
    where = Where(given.get("namespace"), given.get("context"), given.get("kubeconfig"))
    return [name for name in names_in(where) if name.startswith(incomplete)]


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
