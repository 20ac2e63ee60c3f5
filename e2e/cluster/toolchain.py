"""The user's own Go: is there one, and is it new enough for what a cluster is made of?"""

from __future__ import annotations

import os
import re
import shutil
import subprocess

NEEDED = (1, 26)
"""The newest version that a go.mod of the programs asks for."""

_FETCHES_OTHERS = (1, 21)
"""From here on Go fetches the toolchain that a go.mod asks for, unless it is told not to."""


def problem() -> str:
    """Return why Go can not build the programs, and what to do; an empty string when it can."""
    needed = ".".join(map(str, NEEDED))
    install = f"install Go {needed} or newer (https://go.dev/dl) and put it on PATH"
    if not shutil.which("go"):
        return f"Go is missing, which builds the cluster's programs: {install}"
    said = _go("version", GOTOOLCHAIN="local")
    found = re.search(r"go(\d+)\.(\d+)", said)
    if not found:
        return f"`go version` says {said!r}: {install}"
    version = (int(found[1]), int(found[2]))
    if version >= NEEDED:
        return ""
    if version >= _FETCHES_OTHERS and _go("env", "GOTOOLCHAIN") != "local":
        return ""
    return f"Go {found[1]}.{found[2]} is too old to build the cluster's programs: {install}"


def _go(*arguments: str, **environment: str) -> str:
    done = subprocess.run(
        ["go", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return (done.stdout or done.stderr).strip()
