"""Whatever becomes of series, what they counted is evidence once: also for the next operator."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from hypothesis import given
from hypothesis import strategies as st

from sluiceway.core.judgement import written
from sluiceway.core.meters import Meter
from sluiceway.core.objectives import Share
from tests.unit.core.cases import ANSWERS, FAST
from tests.unit.core.envoy_metrics import BOTH, Page, found, merged
from tests.unit.core.metering import LONGEST_GAP, Metering, counted

NOTHING = Share()
NAMES = ("a", "b", "c")


class Does(Enum):
    """What becomes of a series between two looks; it counts in any case."""

    GOES_ON = "goes on"
    BEGINS_ANEW = "begins anew"
    IS_OUT_OF_SIGHT = "is out of sight"


@dataclass
class Counter:
    """One series as the process has it that counts."""

    requests: int = 0
    bad: int = 0
    shown: bool = False

    def then(self, does: Does, requests: int, bad: int) -> Share:
        """Count as many, or fewer, and return how many there were."""
        if does is Does.BEGINS_ANEW and self.shown and self.requests:
            # One that has come further than before when it is seen again can not be told from another.
            requests %= self.requests
            self.requests = self.bad = 0
        news = Share(requests, min(bad, requests))
        self.requests, self.bad = self.requests + news.requests, self.bad + news.bad
        self.shown = does is not Does.IS_OUT_OF_SIGHT
        return news


COUNTS = st.integers(0, 60)
NEWS = st.tuples(st.sampled_from(Does), COUNTS, COUNTS)
LOOKS = st.lists(st.tuples(*[NEWS for _ in NAMES]), max_size=8)


def look(metering: Metering, counters: dict[str, Counter]) -> Share:
    shown = {name: each for name, each in counters.items() if each.shown}
    total = {name: float(each.requests) for name, each in shown.items()}
    return metering.look(new=Meter(total, {name: float(each.bad) for name, each in shown.items()}))


@given(before=st.dictionaries(st.sampled_from(NAMES), COUNTS), looks=LOOKS, at=st.integers(0, 8))
def test_the_sum_of_all_looks_is_what_was_counted(
    before: dict[str, int], looks: list[tuple[tuple[Does, int, int], ...]], at: int
) -> None:
    counters = {name: Counter(before.get(name, 0), shown=name in before) for name in NAMES}
    metering = Metering()
    expected = look(metering, counters)
    # In the end all are seen.
    for number, row in enumerate([*looks, ((Does.GOES_ON, 0, 0),) * len(NAMES)]):
        if number == at:
            metering.again()
        for name, news in zip(NAMES, row, strict=True):
            expected += counters[name].then(*news)
        share = look(metering, counters)
        assert share.requests >= share.bad >= 0
    assert metering.judgement.trials[0].seen == expected


def test_what_was_counted_while_no_operator_ran_is_evidence_once() -> None:
    metering = Metering()
    metering.both(new=counted(100), old=counted(1000))
    metering.both(new=counted(110, 1), old=counted(1040))
    metering.again()
    assert metering.both(new=counted(150, 9), old=counted(1200, 2), seconds=LONGEST_GAP) == (
        Share(40, 8),
        Share(160, 2),
    )
    assert metering.both(new=counted(150, 9), old=counted(1200, 2)) == (NOTHING, NOTHING)
    assert metering.judgement.measured == 2.0, "nobody looked before it"


def test_the_next_operator_knows_that_there_were_no_series() -> None:
    metering = Metering()
    metering.both(new=Meter(), old=counted(1000))
    metering.again()
    assert metering.both(new=counted(40, 8), old=counted(1000)) == (Share(40, 8), NOTHING)


def test_the_text_of_ten_gateways_stays_small() -> None:
    slow = [FAST | {"name": f"within-{bound}", "thresholdMilliseconds": bound} for bound in (100, 250, 1000)]
    case = merged(ANSWERS, *slow, {"name": "callers", "type": "CallerError"})
    metering = Metering(case)
    for number in range(1, 4):
        page = Page()
        for gateway in range(10):
            for cluster in BOTH:
                classes = {str(each): 10**7 * number + each for each in range(2, 6)}
                codes = {each: 10**7 * number + each for each in range(17)} if "8001" in cluster else {}
                page.add(cluster, classes, codes=codes, took=[3] * number, instance=f"10.0.0.{gateway}:19001")
        meters = found(page, case)
        assert isinstance(meters, dict)
        metering.look(**meters)
    size = len(written({case.source: metering.judgement}))
    print(f"{size} bytes: 10 gateways, 2 revisions, every status, 5 objectives")
    assert size < 64 * 1024, f"{size} bytes"
