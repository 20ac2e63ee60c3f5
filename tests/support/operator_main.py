"""`sluiceway`, in tests whose pods are played by nobody's server: so are the answers of their models."""

from __future__ import annotations

from sluiceway.adapters import triton
from sluiceway.cli.main import app
from tests.fakes.willing import Willing

if __name__ == "__main__":
    triton.TritonProber = Willing  # type: ignore[assignment, misc]
    app()
