"""The command that needs no cluster."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from sluiceway.kubectl.options import Form
from sluiceway.kubectl.out import give
from sluiceway.kubectl.problems import Exit, Problem


def lint(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE...", help="YAML or JSON, with any number of objects; - for stdin."),
    ],
    *,
    output: Form = None,
) -> None:
    """Check files without a cluster.

    Tells what the API server would refuse of every ModelDeployment in them, by the CRD's schema and rules,
    with the line. Objects of other kinds are passed over.

    Example: kubectl sluiceway lint deploy/*.yaml
    """
    # The evaluator of CEL takes a while to import, and no other command needs it.
    try:
        from sluiceway.kubectl.linting import NOT_CHECKED  # noqa: PLC0415
        from sluiceway.kubectl.linting import lint as linted  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise Problem(f"{error.name} is not installed: pip install 'sluiceway[kubectl]' brings it") from None

    found = [linted(str(file), _text(file)) for file in files]
    findings = [each for one in found for each in one.findings]
    checked, others = sum(one.checked for one in found), sum(one.passed_over for one in found)
    if output:
        give(findings, output)
    else:
        typer.echo("\n".join([*map(str, findings), _summary(checked, others, len(findings)), NOT_CHECKED]))
    if findings:
        raise typer.Exit(Exit.NO)


def _summary(checked: int, others: int, wrong: int) -> str:
    passed = f", {others} of other kinds passed over" if others else ""
    number = f"{checked} ModelDeployment{'s' * (checked != 1)} checked{passed}"
    return f"{number}: {wrong or 'nothing'} wrong."


def _text(file: Path) -> str:
    try:
        return sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8")
    except OSError as error:
        raise Problem(f"{file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise Problem(f"{file} is no text in UTF-8") from None
