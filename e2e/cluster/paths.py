"""Where things are kept: what is slow to make in the cache, what a cluster writes in the state."""

from __future__ import annotations

import os
from pathlib import Path

SOURCES = Path(__file__).parent
"""This package's own folder: Go sources and manifests lie beside the Python."""


def _base(variable: str, default: str) -> Path:
    return Path(os.environ.get(variable) or Path.home() / default) / "sluiceway"


def cache() -> Path:
    """Return the folder for what may be deleted at any time and is made again."""
    return _base("XDG_CACHE_HOME", ".cache")


def state() -> Path:
    """Return the folder for running clusters; wiped with each start of a cluster."""
    return _base("XDG_STATE_HOME", ".local/state")
