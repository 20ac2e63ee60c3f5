"""Who is judged, by which objectives and whose counts, and who stands beside it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sluiceway.api.objectives import Objective, ObjectiveType
from sluiceway.core.trial import Bounds, bounds

GUARD = "guard"
GATEWAY = "gateway"


@dataclass(frozen=True)
class Case:
    """What a judgement is about: the objectives that one source of counts can tell of."""

    revision: str
    attempt: int
    beside: str
    """The revision that it is compared with, or that would serve instead."""
    compared: bool
    """Whether `beside` has requests of its own."""
    step: int
    objectives: tuple[Objective, ...]
    alpha: float
    """Probability of a false alarm of one of these, over the whole rollout."""
    samples: int
    """Bad requests have to be seen in so many samples."""
    min_requests: int = 0
    """So many requests make a step's verdict Pass when nothing is broken."""
    excused: frozenset[str] = frozenset()
    """Objectives that the one beside broke as well when this one got a larger share, as the user wanted."""
    after_return_of: str = ""
    """The revision that broke its objectives in the bake, while the one that serves again is watched."""
    tried_until: datetime | None = None
    """When the attempt before this one ended, for a source that tells late what happened."""
    source: str = GUARD
    """Whose counts these are: of the guards, of the gateway, or of one objective's own query."""
    provider: str = ""
    """The provider of metrics that is asked for them; none for the guards, which the operator reads."""
    clusters: tuple[tuple[str, str], ...] = ()
    """By which names the gateway counts, or what these begin with, each with its revision."""

    @property
    def measured(self) -> tuple[str, ...]:
        """The revisions whose requests are counted, the one on trial first."""
        return (self.revision, self.beside) if self.compared else (self.revision,)

    @cached_property
    def limits(self) -> tuple[Bounds, ...]:
        """The bounds of each objective: the risk of a false alarm is shared among them."""
        return tuple(
            bounds(
                allowed=None if one.type is ObjectiveType.CALLER_ERROR else one.allowed,
                alpha=self.alpha / len(self.objectives),
                samples=self.samples,
            )
            for one in self.objectives
        )

    @cached_property
    def key(self) -> str:
        """What evidence is of: other objectives, or another attempt, begin anew."""
        return "/".join(map(str, self._parts()))

    def _parts(self) -> Iterator[object]:
        yield from (self.source, self.revision, self.attempt, self.after_return_of, self.alpha, self.samples)
        yield from (one.model_dump_json(exclude_none=True) for one in self.objectives)
