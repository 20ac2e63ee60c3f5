"""Judges are judged: every operator that is broken on purpose is found out by one of the first schedules.

The operator as it is passes the same schedules: `test_schedules`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

import pytest

from sluiceway.build.objects import canonical
from tests.fakes.objects import HOSTNAME
from tests.simulation.broken import bounding, judging, keeping, metering, ordering, scaling, sharing
from tests.simulation.demands import Violation
from tests.simulation.doings import IMAGES
from tests.simulation.probing import GOLDEN
from tests.simulation.rest import undisturbed
from tests.simulation.scaling import USUAL
from tests.simulation.schedule import play
from tests.simulation.test_schedules import RARE, SEEDS

Broken = Callable[[pytest.MonkeyPatch], None]

TELLING = (79, 12, 78, 51, 43, 32, 15, 25, 67, 65, 63, 50, 4, 1, 114)
"""Schedules that find out every one of them, as far as we know: played first, since most take longer."""

TELLING_OF_SCALING = (18, 33, 2, 5, 12, 13, 32)
"""The same of autoscalers, which there are in a third of the schedules."""

TELLING_OF_BOUNDS = (46, 150, *RARE)
"""And of bounds on pods, which there are in a fifth of the schedules."""

BROKEN: tuple[Broken, ...] = (
    *sharing.BROKEN,
    *judging.BROKEN,
    *metering.BROKEN,
    *keeping.BROKEN,
    *ordering.BROKEN,
    *scaling.BROKEN,
    *bounding.BROKEN,
)
SOONEST: dict[Broken, Sequence[int]] = {
    sharing.a_share_before_the_pods_for_it: (11,),
    sharing.a_share_before_the_gateway_took_up_the_last: (15,),
    sharing.the_clock_runs_on_in_a_pause: (100,),
    sharing.an_abort_acts_on_every_attempt: (4,),
    sharing.a_candidate_that_nobody_asks_for_keeps_its_share: (16,),
    sharing.a_share_goes_back_to_pods_that_do_not_answer: (65,),
    metering.metrics_that_are_missing_are_not_waited_for: (67,),
    metering.no_answer_is_a_bad_one: (99,),
    metering.what_metrics_alone_tell_is_passed_over: (114,),
    keeping.the_gateway_is_not_waited_for: (30,),
    ordering.a_deletion_is_fought: (25,),
}
"""Those that the schedules above find out late, and one that does at once: a hint, which may grow stale."""

FIRST: dict[Broken, Sequence[int]] = {
    **dict.fromkeys(scaling.BROKEN, TELLING_OF_SCALING),
    **dict.fromkeys(bounding.BROKEN, TELLING_OF_BOUNDS),
    **SOONEST,
}


@pytest.fixture(scope="module", autouse=True)
def ends() -> None:
    """Know how every story ends before an operator is broken."""
    for image, replicas, traffic in product(IMAGES, (1, 2, 3, 4), (None, HOSTNAME)):
        asked = {"replicas": replicas, "model": GOLDEN, "traffic": traffic, "runtime": {"image": image}}
        undisturbed(canonical(asked))
        if replicas == 1:
            undisturbed(canonical(asked | {"autoscaling": USUAL}))


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_it_is_found_out(broken: Broken, monkeypatch: pytest.MonkeyPatch) -> None:
    broken(monkeypatch)
    with pytest.raises(Violation):
        play_all((*FIRST.get(broken, ()), *TELLING))


def play_all(first: Sequence[int]) -> None:
    for seed in (*first, *SEEDS):
        play(seed)
