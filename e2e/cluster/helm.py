"""helm as a function, as `kubectl.py` has kubectl."""

from __future__ import annotations

import subprocess
from pathlib import Path

from e2e.cluster import binaries
from e2e.cluster.progress import ClusterError


def helm(kubeconfig: Path, *arguments: str) -> str:
    """Run helm and return what it prints.

    Raises:
        ClusterError: with helm's own words when it fails.
    """
    done = subprocess.run(
        [binaries.ensure("helm"), f"--kubeconfig={kubeconfig}", *arguments],
        text=True,
        capture_output=True,
        check=False,
    )
    if done.returncode:
        raise ClusterError(f"helm {' '.join(arguments[:2])}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout
