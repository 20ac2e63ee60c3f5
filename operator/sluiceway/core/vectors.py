"""What a provider of metrics answers: a number for each series, or nothing that can be judged by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite

Series = tuple[tuple[str, str], ...]
"""The labels of a series with their values, by name of the label; `__name__` is one of them."""


@dataclass(frozen=True)
class Vector:
    """The counters that a query found, each as it stood at one moment. There is at least one."""

    samples: Mapping[Series, float]

    @property
    def total(self) -> float:
        """The sum over all series."""
        return sum(self.samples.values())


@dataclass(frozen=True)
class NoAnswer:
    """Nothing is known, and why: a provider that is away, slow or wrong, or a result that is no count."""

    reason: str
    empty: bool = False
    """Whether the query was answered, and found no series."""


def vector(samples: Iterable[tuple[Mapping[str, str], float]]) -> Vector | NoAnswer:
    """Return what a query found, by series; no answer when that is nothing, or no count."""
    found = {tuple(sorted(labels.items())): value for labels, value in samples}
    if not found:
        reason = "it found no series: a metric or a label of that name does not exist (now)"
        return NoAnswer(reason, empty=True)
    wrong = next((value for value in found.values() if not isfinite(value) or value < 0), None)
    if wrong is not None:
        return NoAnswer(f"it found {wrong}, which is no count of requests")
    return Vector(found)
