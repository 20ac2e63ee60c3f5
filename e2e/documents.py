"""Figures that a command writes into docs/measurements.md, between two marks."""

from __future__ import annotations

from e2e.cluster.progress import say
from e2e.scenario import ROOT

DOCUMENT = ROOT / "docs" / "measurements.md"


def keep(what: str, found: str) -> None:
    """Replace what stands between the marks of *what*.

    :raises ValueError: when they are not there.
    """
    begin, end = f"<!-- {what} begins -->", f"<!-- {what} ends -->"
    text = DOCUMENT.read_text()
    if not 0 <= text.find(begin) < text.find(end):
        raise ValueError(f"{DOCUMENT} has no {begin} before {end}")
    before, _, rest = text.partition(begin)
    DOCUMENT.write_text(f"{before}{begin}\n{found}\n{end}{rest.partition(end)[2]}")


def print_and_keep(what: str, found: str) -> None:
    """Print figures and keep them as *what*."""
    say(found)
    keep(what, found)
