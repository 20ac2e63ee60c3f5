"""What autoscalers told is as old as the begin of the look that found it, however long that took."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from sluiceway.core.clock import measured_pods, shares_last
from sluiceway.core.pods import ready_since
from sluiceway.core.state import State
from tests.fakes.snapshots import serving, wanted_name

SERVING = serving()


@pytest.mark.parametrize(("took", "pods"), [(0, 2), (1, 2), (16, 0), (600, 0)])
def test_pods_that_were_ready_for_a_minute_have_been_measured_unless_the_look_took_long(
    took: int, pods: int
) -> None:
    ready = ready_since(SERVING.pods[0])
    assert ready
    now = ready + timedelta(seconds=60)
    state = State(replace(SERVING, now=now, begun=now - timedelta(seconds=took)))
    assert measured_pods(state, wanted_name(SERVING)) == pods


@pytest.mark.parametrize(("took", "old"), [(0, True), (15, True), (16, False)])
def test_shares_are_old_enough_to_be_measured_when_they_were_as_the_look_began(
    took: int, *, old: bool
) -> None:
    state = State(replace(SERVING, begun=SERVING.now - timedelta(seconds=took)))
    promoted = state.memory.model_copy(update={"promoted": state.now - timedelta(seconds=60)})
    assert shares_last(state, promoted) is old
