"""For how long there is a way back, and for how long a revision that took over is judged."""

from __future__ import annotations

import pytest

from sluiceway.api.rollout import Rollout, Strategy
from sluiceway.core.steps import bake_seconds, keep_previous_seconds

GIVEN: dict[str, tuple[Rollout, int, int]] = {
    "nothing": (Rollout(), 600, 600),
    "a short bake": (Rollout(bake_seconds=60), 600, 60),
    "no bake": (Rollout(bake_seconds=0), 600, 0),
    "a way back shorter than the usual bake": (Rollout(keep_previous_seconds=30), 30, 30),
    "no way back": (Rollout(keep_previous_seconds=0), 0, 0),
    "a longer way back": (Rollout(keep_previous_seconds=3600), 3600, 600),
    "a longer bake": (Rollout(keep_previous_seconds=3600, bake_seconds=3600), 3600, 3600),
    "one switch": (Rollout(strategy=Strategy.BLUE_GREEN), 600, 600),
    "all at once": (Rollout(strategy=Strategy.ALL_AT_ONCE), 0, 0),
    "a bake that an older API let pass": (Rollout(keep_previous_seconds=30, bake_seconds=60), 30, 30),
}


@pytest.mark.parametrize(("rollout", "kept", "judged"), GIVEN.values(), ids=GIVEN)
def test_a_revision_is_judged_for_as_long_as_there_is_a_way_back_at_most(
    rollout: Rollout, kept: int, judged: int
) -> None:
    assert keep_previous_seconds(rollout) == kept
    assert bake_seconds(rollout) == judged
