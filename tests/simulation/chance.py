"""Chance, the same for the same seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from tests.simulation.connection import Fault
from tests.simulation.weather import Weather

FAULTS = tuple(fault for fault in Fault if fault is not Fault.NONE)


class Dice:
    """A source of chance. How it falls depends on the seed and on what was asked of it before."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)  # noqa: S311 - to be repeated, not to be secret

    def pick(self, *choices: Any) -> Any:
        """Return one of the choices."""
        return self._random.choice(choices)

    def weigh(self, choices: Mapping[Any, float]) -> Any:
        """Return one of the choices, the more often the more it weighs."""
        return self._random.choices(list(choices), list(choices.values()))[0]

    def below(self, most: int) -> int:
        """Return a number from 0 to one below *most*."""
        return self._random.randrange(most)

    def falls(self, chance: float) -> bool:
        """Tell whether something happens that does in this share of all cases."""
        return self._random.random() < chance


class Rough(Weather):
    """What befalls an operator by chance: much, little or nothing, that is chance as well."""

    def __init__(self, dice: Dice, meanwhile: Callable[[], object]) -> None:
        super().__init__()
        self._dice = dice
        self._others = meanwhile
        self._fault = dice.pick(0.0, 0.04, 0.16)
        self._between = dice.pick(0.0, 0.03, 0.15)

    def delay(self) -> int:
        """Return how many others go before a request."""
        return self._dice.below(4) if self._between else 0

    def no_answer(self) -> bool:
        """Tell whether the API server is too busy for a read."""
        return self._dice.falls(self._fault / 10)

    def fault(self, write: str) -> Fault:
        """Return what befalls a write."""
        return self._dice.pick(*FAULTS) if self._dice.falls(self._fault) else Fault.NONE

    def wakes(self) -> bool:
        """Tell whether an operator that stood still wakes up."""
        return self._dice.falls(0.02)

    def meanwhile(self) -> None:
        """Let others act between two requests of an operator."""
        if self._dice.falls(self._between):
            self._others()
