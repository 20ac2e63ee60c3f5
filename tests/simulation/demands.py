"""What is raised when something that must hold does not."""

from __future__ import annotations


class Violation(AssertionError):  # noqa: N818 - of a rule, by the operator; no error of the simulation
    """Something that callers or people rely on did not hold."""


def demand(holds: object, message: str) -> None:
    """Raise a Violation with *message* unless it *holds*."""
    if not holds:
        raise Violation(message)
