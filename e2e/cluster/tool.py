"""Command line tools as functions."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from e2e.cluster.progress import ClusterError


def call(
    command: Sequence[str | Path],
    *arguments: str,
    stdin: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> str:
    """Run a tool and return what it prints.

    Args:
        command: the program and what it is always given; not shown when it fails.
        environment: on top of this process's own.

    Raises:
        ClusterError: with the tool's own words when it fails.
    """
    done = subprocess.run(
        [*command, *arguments],
        input=stdin,
        env={**os.environ, **(environment or {})},
        text=True,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        words = done.stderr.strip() or done.stdout.strip()
        raise ClusterError(f"{Path(command[0]).name} {' '.join(arguments)}: {words}")
    return done.stdout
