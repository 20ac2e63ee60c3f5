"""Whatever happens in whatever order: every write is safe, and the end is what was asked for last."""

from __future__ import annotations

import pytest

from tests.simulation.schedule import play

SEEDS = 320
PER_TEST = 20


@pytest.mark.parametrize("first", range(0, SEEDS, PER_TEST))
def test_schedules(first: int) -> None:
    for seed in range(first, first + PER_TEST):
        play(seed)
