"""Whatever happens in whatever order: every write is safe, and the end is what was asked for last."""

from __future__ import annotations

import pytest

from tests.simulation.schedule import play

RARE = (410,)
"""Schedules in which happens what does not in the first ones."""
SEEDS = (*range(320), *RARE)
PER_TEST = 21


@pytest.mark.parametrize("first", range(0, len(SEEDS), PER_TEST))
def test_schedules(first: int) -> None:
    for seed in SEEDS[first : first + PER_TEST]:
        play(seed)
