"""Since when something speaks against a revision on trial, by the clock of this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sluiceway.core.case import Case
from sluiceway.core.judgement import Judgement
from sluiceway.core.proceedings import Judged
from sluiceway.runtime.keys import Key

_Objective = tuple[str, str]
"""Key of the case, and the name of the objective."""


class Onsets:
    """When the first bad request was read, of those that are evidence now."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._since: dict[Key, dict[_Objective, float]] = {}

    def note(self, key: Key, judged: Judged, cases: Sequence[Case]) -> None:
        """Take up what is known after a look; what has begun keeps its moment until the evidence is gone."""
        known, now = self._since.get(key, {}), self._clock()
        suspected = {
            (case.key, name): known.get((case.key, name), now)
            for case in cases
            if case.source in judged.live
            for name in _suspected(judged.live[case.source], case)
        }
        if suspected:
            self._since[key] = suspected
        else:
            self.forget(key)

    def since(self, key: Key, objective: str) -> float | None:
        """Return when what speaks against the revision by *objective* began; None when nothing was read."""
        found = [at for (_, name), at in self._since.get(key, {}).items() if name == objective]
        return min(found, default=None)

    def forget(self, key: Key) -> None:
        """Forget a resource that nobody judges any more."""
        self._since.pop(key, None)


def _suspected(judgement: Judgement, case: Case) -> set[str]:
    waiting = judgement.waiting or (0,) * len(case.objectives)
    each = zip(case.objectives, judgement.trials, waiting, strict=True)
    return {objective.name for objective, trial, waits in each if trial.lately.bad or waits}
