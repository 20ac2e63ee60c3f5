"""Signs and colours: one meaning each, and never a colour alone."""

from __future__ import annotations

from rich.text import Text

from sluiceway.kubectl.view import Role

GOOD, BAD, BUSY, PLAIN = "green", "red", "yellow", "dim"

ROLES = {
    Role.STABLE: GOOD,
    Role.CANDIDATE: "cyan",
    Role.PREVIOUS: "blue",
    Role.LEAVING: PLAIN,
    Role.REFUSED: BAD,
}
_VERDICTS = {"Pass": GOOD, "Breach": BAD, "Shared": BUSY, "Insufficient": BUSY}
_HOLDS = {("True", True): ("✔", GOOD), ("False", True): ("✖", BAD), ("True", False): ("✖", BAD)}
GOOD_WHEN_TRUE = {
    "Ready",
    "Available",
    "CandidateHealthy",
    "TrafficReady",
    "SignalsAvailable",
    "AutoscalingReady",
}
UNDER_WAY = {"Reconciling", "Progressing"}
"""Neither good nor bad."""


def sign(kind: str, status: str) -> Text:
    """Return the sign of a condition: a tick where all is well, a cross where it is not, dots between."""
    if kind in UNDER_WAY:
        return Text("…", BUSY)
    mark, style = _HOLDS.get((status, kind in GOOD_WHEN_TRUE), ("?", BUSY))
    return Text(mark, style)


def verdict(word: str) -> Text:
    """Return a verdict in its colour."""
    return Text(word, _VERDICTS.get(word, PLAIN))


def counted(requests: int | None, bad: int | None) -> str:
    """Return counts in words, "" while nobody counts."""
    if requests is None:
        return ""
    return f"{bad or 0} of {requests} requests bad"
