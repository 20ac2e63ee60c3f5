"""How a command ends that can not go on."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from sluiceway.kubectl.problems import Problem


class Ending(TyperGroup):
    """Turns a problem into one line on stderr and its exit code."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except Problem as problem:
            typer.echo(f"kubectl-sluiceway: {problem}", err=True)
            raise typer.Exit(problem.code) from None
