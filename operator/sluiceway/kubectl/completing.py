"""`kubectl_complete-sluiceway`: what kubectl's own completion asks about the plugin's arguments.

kubectl runs it with the words so far, the last of which may be incomplete, and reads one completion a line,
with a description after a tab, and then `:` and a number that says what the shell is to do else
(https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/). Typer's answer to fish has the same lines.
"""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import redirect_stdout, suppress
from io import StringIO

from sluiceway.kubectl.main import app

_PROGRAM = "kubectl-sluiceway"
_NO_FILES = 4
"""Cobra's directive: what is not listed can not be meant."""
_FILES = 0
"""Cobra's directive: the shell completes by itself what is not listed, such as names of files."""


def main() -> None:
    """Print the completions of the words in the arguments."""
    *words, incomplete = sys.argv[1:] or [""]
    sys.stdout.write("\n".join(completions(words, incomplete)) + "\n")


def completions(words: list[str], incomplete: str) -> list[str]:
    """Return the lines that kubectl reads."""
    typed = shlex.join([_PROGRAM, *words])
    asking = {
        "_KUBECTL_SLUICEWAY_COMPLETE": "complete_fish",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "_TYPER_COMPLETE_ARGS": f"{typed} {shlex.quote(incomplete) if incomplete else ''}",
    }
    os.environ |= asking
    try:
        with redirect_stdout(StringIO()) as said, suppress(SystemExit):
            app(prog_name=_PROGRAM)
    finally:
        for name in asking:
            del os.environ[name]
    found = [line for line in said.getvalue().splitlines() if line]
    of_files = words[:1] == ["lint"] or words[-1:] == ["--kubeconfig"]
    return [*found, f":{_FILES if of_files else _NO_FILES}"]
