"""What `status NAME` shows in every state of the life of a ModelDeployment."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sluiceway.api.reasons import ConditionType
from sluiceway.kubectl import marks
from sluiceway.kubectl.live import Unheard
from sluiceway.kubectl.seeing import view_of
from sluiceway.kubectl.snapshot import Snapshot
from sluiceway.kubectl.tree import in_short, status_tree
from tests.conftest import Golden
from tests.fakes.snapshots import asking_for
from tests.fakes.world import World
from tests.unit.core.states import STATES
from tests.unit.kubectl.drawn import as_text, figures, seen
from tests.unit.kubectl.stories import view
from tests.unit.runtime.judged_states import STATES as JUDGED
from tests.unit.runtime.judged_states import lived

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("state", STATES)
def test_what_is_shown_in_the_state(state: str, golden: Golden) -> None:
    shown = as_text(status_tree(view_of(seen(STATES[state][0]))))
    golden(GOLDEN / f"{state.lower().replace(' ', '-')}.txt", shown)


@pytest.mark.parametrize("state", JUDGED, ids=lambda state: state.__name__)
def test_what_is_shown_when(state: Callable[[], World], golden: Golden) -> None:
    shown = as_text(status_tree(view(lived(state))))
    golden(GOLDEN / f"{state.__name__.replace('_', '-')}.txt", shown)


def test_what_is_counted_right_now_is_shown_with_its_numbers(golden: Golden) -> None:
    snapshot = seen(STATES["the guards of a candidate answer"][0])
    shown = as_text(status_tree(view_of(snapshot, figures(snapshot))))
    golden(GOLDEN / "with-live-figures.txt", shown)
    assert "answers Insufficient  9 of 41 bad, 0.5 % allowed; evidence 2.1 of 4.6" in shown


def test_without_live_figures_it_is_said_why() -> None:
    view = view_of(seen(STATES["serving"][0]), Unheard("nobody is there"))
    assert "note: no live figures, only what the status says: nobody is there" in as_text(status_tree(view))


def test_a_spec_that_changed_a_moment_ago_is_not_told_as_if_the_status_were_of_it() -> None:
    observed = asking_for(STATES["serving"][0], runtime={"image": "triton:next"})
    view = view_of(Snapshot({}, observed))
    assert not view.settled
    assert "the operator has not looked at it since" in as_text(status_tree(view))


def test_commands_are_those_of_the_plugin() -> None:
    told = "To go on: kubectl annotate mdep fraud -n models --overwrite sluiceway.dev/resume=fraud-94cfb/1/1"
    assert in_short(told) == "To go on: kubectl sluiceway resume fraud -n models"


def test_of_every_condition_it_is_known_what_is_good() -> None:
    good_when_false = {ConditionType.STALLED, ConditionType.ROLLED_BACK}
    known = [*marks.GOOD_WHEN_TRUE, *marks.UNDER_WAY, *good_when_false]
    assert sorted(known) == sorted(ConditionType)
