"""`kubectl sluiceway` as people run it: kubectl finds it on the PATH."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from e2e.cluster.kubectl import command
from tests.support.cluster_view import View


class Ran(NamedTuple):
    """How a run ended."""

    code: int
    said: str
    errors: str


def kubectl(view: View, *args: str, kubeconfig: Path | None = None, **env: str) -> Ran:
    """Run kubectl with the plugin at hand."""
    program, _ = command(Path(view.cluster.kubeconfig))
    known = {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "KUBECONFIG": str(kubeconfig or view.cluster.kubeconfig),
        "COLUMNS": "200",
    }
    ended = subprocess.run(
        [program, *args],
        env={**os.environ, **known, **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Ran(ended.returncode, ended.stdout, ended.stderr)


def sluiceway(view: View, *args: str, kubeconfig: Path | None = None, **env: str) -> Ran:
    """Run a command of the plugin in the view's namespace."""
    where = () if args[0] == "lint" else ("-n", view.namespace)
    return kubectl(view, "sluiceway", *args, *where, kubeconfig=kubeconfig, **env)
