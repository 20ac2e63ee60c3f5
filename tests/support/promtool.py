"""Prometheus' own checker, out of Debian's package."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from e2e.cluster import extracted
from e2e.cluster.progress import ClusterError


def promtool(*arguments: str | Path, given: str = "") -> None:
    """Run promtool and fail with what it says when it has a complaint; skip where it can not be had."""
    try:
        program = extracted.ensure("promtool")
    except ClusterError as error:
        pytest.skip(f"promtool: {error}")
    command = [str(program), *map(str, arguments)]
    done = subprocess.run(command, input=given, text=True, capture_output=True, check=False)
    if done.returncode:
        pytest.fail(f"promtool {arguments[0]}: {done.stdout}{done.stderr}", pytrace=False)
